internal import Geometry

/// Confidence intervals by drawing the samples again with replacement (Efron 1979): from the 2.5th to the 97.5th
/// percentile of the statistic over all draws.
public struct Bootstrap: Sendable {
  /// How many times the samples are drawn; 0 gives no intervals.
  public var draws: Int
  /// The same seed gives the same draws on every machine.
  public var seed: UInt64

  /// Resampling with a number of draws and a seed.
  public init(draws: Int, seed: UInt64) {
    self.draws = draws
    self.seed = seed
  }

  /// The intervals of several statistics of the same samples.
  ///
  /// - Parameter statistics: gives their values where sample i counts `weights[i]` times; NaN where there is none.
  /// - Returns: nil for a statistic that has no value in some draw; an empty array without samples or draws.
  func intervals(
    of count: Int, _ statistics: (_ weights: [Int32]) -> [Double]
  ) -> [ClosedRange<Double>?] {
    guard count > 0, draws > 0 else { return [] }
    var random = SplitMix64(seed: seed)
    var columns: [[Double]] = []
    for _ in 0..<draws {
      var weights = [Int32](repeating: 0, count: count)
      for _ in 0..<count { weights[random.below(count)] += 1 }
      let values = statistics(weights)
      if columns.isEmpty { columns = values.map { _ in [] } }
      for (i, value) in values.enumerated() { columns[i].append(value) }
    }
    return columns.map { values in
      guard values.allSatisfy(\.isFinite) else { return nil }
      let sorted = values.sorted()
      return Self.percentile(0.025, of: sorted)...Self.percentile(0.975, of: sorted)
    }
  }

  /// The percentile, interpolated linearly between two neighbours, as NumPy does by default.
  static func percentile(_ share: Double, of sorted: [Double]) -> Double {
    let place = share * Double(sorted.count - 1)
    let below = Int(place)
    guard below + 1 < sorted.count else { return sorted[below] }
    return sorted[below] + (place - Double(below)) * (sorted[below + 1] - sorted[below])
  }
}
