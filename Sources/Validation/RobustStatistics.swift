/// Statistics on which a few wrong values have little effect.
public enum Robust {
  /// The middle value, or the mean of the two middle values; nil if there are none.
  public static func median(_ values: some Collection<Double>) -> Double? {
    guard !values.isEmpty else { return nil }
    let sorted = values.sorted()
    let middle = sorted.count / 2
    return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
  }

  /// 1.4826 times the median distance from the median, which is the standard deviation of normal values; nil if
  /// there are none.
  public static func deviation(_ values: some Collection<Double>) -> Double? {
    guard let centre = median(values) else { return nil }
    return median(values.map { ($0 - centre).magnitude }).map { 1.4826 * $0 }
  }

  /// The standard error of the median of normal values, sqrt(pi / 2) times that of the mean; nil if there are none.
  public static func errorOfMedian(_ values: some Collection<Double>) -> Double? {
    deviation(values).map { 1.2533 * $0 / Double(values.count).squareRoot() }
  }

  /// The value m that makes the sum of weight * |value - m| least; nil if the weights are not positive.
  public static func weightedMedian(_ values: [(value: Double, weight: Double)]) -> Double? {
    let total = values.reduce(0) { $0 + $1.weight }
    guard total > 0 else { return nil }
    var below = 0.0
    for (value, weight) in values.sorted(by: { $0.value < $1.value }) {
      below += weight
      if below >= total / 2 { return value }
    }
    return values.last?.value
  }
}

/// An evenly spaced sample of a stream in bounded memory: every value up to a limit, then every second, every
/// fourth, and so on. It depends on the stream alone, so runs can be repeated.
public struct ThinnedSample<Element> {
  /// The sampled values, in the stream's order.
  public private(set) var elements: [Element] = []
  /// How many values the stream has had.
  public private(set) var count = 0
  private var stride = 1
  private let limit: Int

  /// - Parameter limit: the greatest number of sampled values; at least 2.
  public init(limit: Int = 8192) { self.limit = limit }

  /// Takes the next value of the stream.
  public mutating func add(_ element: Element) {
    defer { count += 1 }
    guard count % stride == 0 else { return }
    if elements.count == limit {
      elements = elements.enumerated().filter { $0.offset % 2 == 0 }.map(\.element)
      stride *= 2
      guard count % stride == 0 else { return }
    }
    elements.append(element)
  }
}

extension ThinnedSample: Sendable where Element: Sendable {}
