import Foundation

/// A reproducible stream of random numbers (SplitMix64).
struct Numbers: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  mutating func uniform(_ range: ClosedRange<Double>) -> Double { .random(in: range, using: &self) }

  mutating func normal() -> Double {
    (-2 * log(uniform(.leastNonzeroMagnitude...1))).squareRoot() * cos(uniform(0...(2 * .pi)))
  }
}

/// Shapes of data that poses and their components have, and worse ones.
enum Distribution: CaseIterable {
  case uniform, normal, logarithmic, farFromZero, mostlyZero, twoPlaces, constant

  func values(_ count: Int, seed: UInt64 = 1) -> [Double] {
    var numbers = Numbers(seed: seed)
    return (0..<count).map { _ in
      switch self {
      case .uniform: numbers.uniform(-3...3)
      case .normal: 0.1 + 0.4 * numbers.normal()
      case .logarithmic: exp(numbers.uniform(-18...18)) * (numbers.uniform(0...1) < 0.3 ? -1 : 1)
      case .farFromZero: -1000 + numbers.uniform(0...1)
      case .mostlyZero: numbers.uniform(0...1) < 0.7 ? 0 : numbers.normal()
      case .twoPlaces: numbers.uniform(0...1) < 0.5 ? -0.25 : 40
      case .constant: 0.7
      }
    }
  }
}
