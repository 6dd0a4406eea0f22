internal import Crypto
internal import Foundation

/// The SHA-256 of bytes as 64 lower-case hexadecimal digits.
public func sha256(of bytes: UnsafeRawBufferPointer) -> String {
  var hasher = SHA256()
  hasher.update(bufferPointer: bytes)
  return hexadecimal(hasher.finalize())
}

/// The SHA-256 of a file, read through a mapping.
///
/// - Throws: `FileError` where the file cannot be read.
public func sha256(ofFile path: String) throws -> String {
  try MappedFile(path: path).withBytes(sha256(of:))
}

/// A SHA-256 of bytes that come piece by piece.
public struct RunningDigest {
  private var hasher = SHA256()

  public init() {}

  public mutating func add(_ bytes: some Sequence<UInt8>) {
    hasher.update(data: Array(bytes))
  }

  /// The digest of all that was added, as 64 hexadecimal digits.
  public var text: String { hexadecimal(hasher.finalize()) }
}

private func hexadecimal(_ digest: some Sequence<UInt8>) -> String {
  let digits = Array("0123456789abcdef".utf8)
  var text: [UInt8] = []
  for byte in digest {
    text.append(digits[Int(byte >> 4)])
    text.append(digits[Int(byte & 15)])
  }
  return String(decoding: text, as: UTF8.self)
}
