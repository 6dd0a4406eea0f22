internal import CXXHash

/// An XXH3 hash of 128 bits (xxHash 0.8), to notice damage at the speed of memory.
///
/// It has 128 bits and not 64, as both cost the same. Among 10⁹ samples two have the same hash by chance with a
/// probability of 10⁻²⁰, so a hash may stand for its sample. Collisions can be made on purpose; against that
/// there is SHA-256.
public struct XXH128: Sendable, Hashable {
  /// The upper 64 bits.
  public var high: UInt64
  /// The lower 64 bits.
  public var low: UInt64

  /// From both halves.
  public init(high: UInt64, low: UInt64) { (self.high, self.low) = (high, low) }

  /// The hash of bytes, with seed 0.
  public init(of bytes: UnsafeRawBufferPointer) {
    self.init(XXH3_128bits_fastest(bytes.baseAddress, bytes.count))
  }

  /// The hash of bytes, with seed 0.
  public init(of bytes: [UInt8]) { self = bytes.withUnsafeBytes(Self.init(of:)) }

  /// The hash of a text's UTF-8, with seed 0.
  public init(of text: String) {
    var text = text
    self = text.withUTF8 { Self(of: UnsafeRawBufferPointer($0)) }
  }

  /// - Returns: nil where the text is not of 32 hexadecimal digits.
  public init?(text: String) {
    guard text.utf8.count == 32, text.allSatisfy(\.isHexDigit),
      let high = UInt64(text.prefix(16), radix: 16), let low = UInt64(text.suffix(16), radix: 16)
    else { return nil }
    self.init(high: high, low: low)
  }

  fileprivate init(_ hash: XXH128_hash_t) { self.init(high: hash.high64, low: hash.low64) }

  /// 32 lower-case hexadecimal digits, as `xxhsum -H2` prints them.
  public var text: String { high.digits(16, radix: 16) + low.digits(16, radix: 16) }
}

/// An `XXH128` of bytes that come piece by piece.
public final class RunningXXH128 {
  private let state: OpaquePointer

  /// Without a byte.
  public init() {
    guard let state = XXH3_createState() else {
      preconditionFailure("there is no memory for a hash's state")
    }
    self.state = state
    reset()
  }

  deinit { XXH3_freeState(state) }

  /// Forgets all bytes that were added.
  public func reset() { XXH3_128bits_reset(state) }

  /// Appends bytes.
  public func add(_ bytes: UnsafeRawBufferPointer) {
    XXH3_128bits_update_fastest(state, bytes.baseAddress, bytes.count)
  }

  /// Appends bytes.
  public func add(_ bytes: [UInt8]) { bytes.withUnsafeBytes(add) }

  /// The hash of all bytes added since it was made or reset.
  public var value: XXH128 { XXH128(XXH3_128bits_digest(state)) }
}
