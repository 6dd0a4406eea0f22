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

/// A digest of texts in any order: the sum of their SHA-256, each a number of 256 bits with the highest byte first,
/// modulo 2^256. Digests of parts are added to that of the whole.
public struct UnorderedDigest: Sendable, Equatable {
  /// The lowest 32 bits first.
  private var limbs = [UInt64](repeating: 0, count: 8)

  /// Without a text: zero.
  public init() {}

  /// A digest that was kept as text.
  ///
  /// - Returns: nil where the text is not of 64 hexadecimal digits.
  public init?(text: String) {
    let digits = text.utf8.compactMap { Character(Unicode.Scalar($0)).hexDigitValue }
    guard text.utf8.count == 64, digits.count == 64 else { return nil }
    for (i, digit) in digits.enumerated() {
      limbs[7 - i / 8] = limbs[7 - i / 8] << 4 | UInt64(digit)
    }
  }

  /// Adds a text.
  public mutating func add(_ text: String) {
    var other = Self()
    for (i, byte) in SHA256.hash(data: Array(text.utf8)).enumerated() {
      other.limbs[7 - i / 4] = other.limbs[7 - i / 4] << 8 | UInt64(byte)
    }
    merge(other)
  }

  /// Adds all that `other` was given.
  public mutating func merge(_ other: Self) {
    var carry: UInt64 = 0
    for i in limbs.indices {
      carry += limbs[i] + other.limbs[i]
      limbs[i] = carry & 0xFFFF_FFFF
      carry >>= 32
    }
  }

  /// 64 lower-case hexadecimal digits.
  public var text: String {
    hexadecimal(
      limbs.reversed().flatMap { limb in (0..<4).reversed().map { UInt8(limb >> (8 * $0) & 255) } })
  }
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
