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

private func hexadecimal(_ digest: some Sequence<UInt8>) -> String {
  let digits = Array("0123456789abcdef".utf8)
  var text: [UInt8] = []
  for byte in digest {
    text.append(digits[Int(byte >> 4)])
    text.append(digits[Int(byte & 15)])
  }
  return String(decoding: text, as: UTF8.self)
}
