internal import CXXHash
internal import Crypto

/// The SHA-256 of bytes as 64 lower-case hexadecimal digits.
public func sha256(of bytes: UnsafeRawBufferPointer) -> String {
  var hasher = SHA256()
  hasher.update(bufferPointer: bytes)
  return hexadecimal(hasher.finalize())
}

/// The SHA-256 of a file as 64 lower-case hexadecimal digits; the file is memory-mapped.
///
/// - Throws: `FileError` where the file cannot be read, `ChangedFile` where it gets shorter meanwhile.
public func sha256(ofFile path: String) throws -> String {
  try MappedFile(path: path).withBytes(sha256(of:))
}

/// A SHA-256 of bytes that come piece by piece.
public struct RunningDigest {
  private var hasher = SHA256()

  /// Without a byte.
  public init() {}

  /// Appends bytes.
  public mutating func add(_ bytes: some Sequence<UInt8>) {
    hasher.update(data: Array(bytes))
  }

  /// The digest of all bytes added so far, as 64 lower-case hexadecimal digits.
  public var text: String { hexadecimal(hasher.finalize()) }
}

/// XXH3 of bytes, 64 bits, to find equal data quickly: about ten times as fast as SHA-256.
///
/// Collisions can be made on purpose. Among n different inputs, some two collide by chance with probability n² /
/// 2⁶⁵.
public func fastHash(of bytes: UnsafeRawBufferPointer, seed: UInt64 = 0) -> UInt64 {
  XXH3_64bits_withSeed(bytes.baseAddress, bytes.count, seed)
}

/// `fastHash` of a text's UTF-8.
public func fastHash(of text: String, seed: UInt64 = 0) -> UInt64 {
  var text = text
  return text.withUTF8 { fastHash(of: UnsafeRawBufferPointer($0), seed: seed) }
}

func hexadecimal(_ digest: some Sequence<UInt8>) -> String {
  let digits = Array("0123456789abcdef".utf8)
  var text: [UInt8] = []
  for byte in digest {
    text.append(digits[Int(byte >> 4)])
    text.append(digits[Int(byte & 15)])
  }
  return String(decoding: text, as: UTF8.self)
}
