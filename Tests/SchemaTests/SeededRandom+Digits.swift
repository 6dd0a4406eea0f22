import TestSupport

extension SeededRandom {
  /// As many random decimal digits.
  mutating func digits(_ count: Int) -> String {
    String((0..<count).map { _ in Character("\(below(10))") })
  }
}
