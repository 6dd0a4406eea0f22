/// A reproducible stream of random numbers (SplitMix64; Steele, Lea and Flood, OOPSLA 2014). The same seed draws the
/// same numbers with any version of the standard library.
public struct SplitMix64: RandomNumberGenerator, Sendable {
  private var state: UInt64

  /// Equal seeds give equal streams.
  public init(seed: UInt64) { state = seed }

  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    return Self.mixed(state)
  }

  /// A number from 0 to below `bound`, which must be over 0.
  public mutating func below(_ bound: Int) -> Int {
    Int(next().multipliedFullWidth(by: UInt64(bound)).high)
  }

  /// The stream's finaliser: a number as good as random that follows from another.
  public static func mixed(_ number: UInt64) -> UInt64 {
    var z = number
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
