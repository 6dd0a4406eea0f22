internal import CXXHash

/// An XXH3 of 128 bits (xxHash 0.8): for noticing damage, at the speed of memory.
///
/// 128 bits and not 64, which cost the same: among 10⁹ samples two are alike by chance with 10⁻²⁰, so a hash may
/// also stand for its sample. Whoever wants to can make two inputs that collide; SHA-256 is for that.
public struct XXH128: Sendable, Hashable {
  public var high: UInt64
  public var low: UInt64

  public init(high: UInt64, low: UInt64) { (self.high, self.low) = (high, low) }

  public init(of bytes: UnsafeRawBufferPointer) {
    self.init(XXH3_128bits_fastest(bytes.baseAddress, bytes.count))
  }

  public init(of bytes: [UInt8]) { self = bytes.withUnsafeBytes(Self.init(of:)) }

  fileprivate init(_ hash: XXH128_hash_t) { self.init(high: hash.high64, low: hash.low64) }

  /// 32 lower-case hexadecimal digits, as `xxhsum -H2` prints them.
  public var text: String { high.digits(16, radix: 16) + low.digits(16, radix: 16) }
}

/// An `XXH128` of bytes that come piece by piece.
public final class RunningXXH128 {
  private let state: OpaquePointer

  public init() {
    guard let state = XXH3_createState() else {
      preconditionFailure("there is no memory for a hash's state")
    }
    self.state = state
    reset()
  }

  deinit { XXH3_freeState(state) }

  public func reset() { XXH3_128bits_reset(state) }

  public func add(_ bytes: UnsafeRawBufferPointer) {
    XXH3_128bits_update_fastest(state, bytes.baseAddress, bytes.count)
  }

  public func add(_ bytes: [UInt8]) { bytes.withUnsafeBytes(add) }

  /// Of all that was added since it was made or reset.
  public var value: XXH128 { XXH128(XXH3_128bits_digest(state)) }
}
