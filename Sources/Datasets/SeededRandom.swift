/// A reproducible stream of random numbers (SplitMix64; Steele, Lea and Flood, OOPSLA 2014).
struct SeededRandom: RandomNumberGenerator {
  private var state: UInt64

  /// A stream for one item, independent of how many items came before it.
  init(seed: UInt64, item: Int) {
    state = seed &* 0x9E37_79B9_7F4A_7C15 &+ UInt64(item) &* 0xD1B5_4A32_D192_ED03
    _ = next()
  }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  mutating func uniform(_ range: ClosedRange<Double>) -> Double { .random(in: range, using: &self) }

  mutating func chance(_ probability: Double) -> Bool { uniform(0...1) < probability }
}
