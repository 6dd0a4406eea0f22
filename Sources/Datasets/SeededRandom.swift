internal import Geometry

/// A reproducible stream of random numbers for one item of a synthetic dataset.
struct SeededRandom: RandomNumberGenerator {
  private var stream: SplitMix64

  /// A stream for one item, independent of how many items came before it.
  init(seed: UInt64, item: Int) {
    stream = SplitMix64(
      seed: seed &* 0x9E37_79B9_7F4A_7C15 &+ UInt64(item) &* 0xD1B5_4A32_D192_ED03)
    _ = next()
  }

  mutating func next() -> UInt64 { stream.next() }

  mutating func uniform(_ range: ClosedRange<Double>) -> Double { .random(in: range, using: &self) }

  mutating func chance(_ probability: Double) -> Bool { uniform(0...1) < probability }
}
