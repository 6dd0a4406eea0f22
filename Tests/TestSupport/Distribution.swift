internal import Foundation

extension SeededRandom {
  fileprivate mutating func normal() -> Double {
    (-2 * log(uniform(.leastNonzeroMagnitude...1))).squareRoot() * cos(uniform(0...(2 * .pi)))
  }
}

/// Shapes of data that poses and their components have, and worse ones.
public enum Distribution: CaseIterable, Sendable {
  case uniform, normal, logarithmic, farFromZero, mostlyZero, twoPlaces, constant

  public func values(_ count: Int, seed: UInt64 = 1) -> [Double] {
    var numbers = SeededRandom(seed: seed)
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
