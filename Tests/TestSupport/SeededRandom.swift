internal import Geometry

/// A reproducible stream of random numbers for tests.
public struct SeededRandom: RandomNumberGenerator {
  private var numbers: SplitMix64

  public init(seed: UInt64) { numbers = SplitMix64(seed: seed) }

  public mutating func next() -> UInt64 { numbers.next() }

  public mutating func uniform(_ range: ClosedRange<Double>) -> Double {
    .random(in: range, using: &self)
  }

  public mutating func below(_ bound: Int) -> Int { .random(in: 0..<bound, using: &self) }
}
