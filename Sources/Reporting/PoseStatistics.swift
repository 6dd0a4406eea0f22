public import Geometry
public import Schema

/// Streaming statistics of the six components of poses. Those of parts are merged into those of the whole, with the
/// same bits whatever the parts and their order are.
public struct PoseStatistics: Sendable, Equatable {
  /// The statistics of one component: exact sums for mean and deviation, extremes, and a sketch for percentiles and
  /// histograms.
  public struct Component: Sendable, Equatable {
    /// The sums of the values and of their squares.
    public private(set) var sums = ExactSum()
    /// The least value; infinity without values.
    public private(set) var minimum = Double.infinity
    /// The greatest value; minus infinity without values.
    public private(set) var maximum = -Double.infinity
    /// For percentiles and histograms, with the relative error `QuantileSketch.accuracy`.
    public private(set) var sketch = QuantileSketch()

    /// Of no values.
    public init() {}

    /// Of values that were added elsewhere.
    ///
    /// - Returns: nil where the three do not count as many.
    public init?(sums: ExactSum, extremes: ClosedRange<Double>?, sketch: QuantileSketch) {
      guard sums.count == sketch.count, (extremes == nil) == (sums.count == 0) else { return nil }
      (self.sums, self.sketch) = (sums, sketch)
      if let extremes { (minimum, maximum) = (extremes.lowerBound, extremes.upperBound) }
    }

    /// How many values were added.
    public var count: Int { sums.count }
    /// 0 without values.
    public var mean: Double { sums.mean }
    /// The standard deviation of the population (numpy's ddof 0); 0 without values.
    public var standardDeviation: Double { sums.standardDeviation }

    /// Adds a finite value.
    public mutating func add(_ value: Double) {
      sums.add(value)
      minimum = min(minimum, value)
      maximum = max(maximum, value)
      sketch.add(value)
    }

    /// Adds all values that `other` has seen.
    public mutating func merge(_ other: Component) {
      sums.merge(other.sums)
      minimum = min(minimum, other.minimum)
      maximum = max(maximum, other.maximum)
      sketch.merge(other.sketch)
    }
  }

  /// The components' names, in their order.
  public static let componentNames = ["rx", "ry", "rz", "tx", "ty", "tz"]
  static let percentiles = [1, 5, 25, 50, 75, 95, 99]
  static let bins = 36

  /// In the order of `componentNames`.
  public private(set) var components = Array(repeating: Component(), count: 6)

  /// The statistics of no poses.
  public init() {}

  /// Of poses that were added elsewhere.
  ///
  /// - Returns: nil unless these are six, of as many values each.
  public init?(components: [Component]) {
    guard components.count == 6, components.allSatisfy({ $0.count == components[0].count }) else {
      return nil
    }
    self.components = components
  }

  /// How many poses were added.
  public var count: Int { components[0].count }
  /// The six means, in the order of `componentNames`.
  public var mean: [Double] { components.map(\.mean) }
  /// The six standard deviations (ddof 0), in the order of `componentNames`.
  public var standardDeviation: [Double] { components.map(\.standardDeviation) }

  /// Adds a pose.
  ///
  /// - Parameter component: gives the pose's i-th number: rx, ry, rz in radians, then tx, ty, tz in the caller's unit.
  public mutating func add(_ component: (Int) -> Double) {
    for i in 0..<6 { components[i].add(component(i)) }
  }

  /// Adds all poses that `other` has seen.
  public mutating func merge(_ other: PoseStatistics) {
    for i in 0..<6 { components[i].merge(other.components[i]) }
  }

  /// The summary in `*.stats.json` and in the manifest.
  public var summary: JSONValue {
    .object([
      ("count", .integer(count)),
      ("percentile_accuracy", .double(QuantileSketch.accuracy)),
      (
        "components",
        .object(zip(Self.componentNames, components).map { ($0, Self.summary(of: $1)) })
      ),
    ])
  }

  private static func summary(of component: Component) -> JSONValue {
    guard component.count > 0 else { return .null }
    let percentiles = percentiles.map { percent in
      // The middle of a bucket may lie outside the range of the values.
      let value = component.sketch.quantile(Double(percent) / 100) ?? 0
      return (
        "p\(percent)", JSONValue.double(min(max(value, component.minimum), component.maximum))
      )
    }
    let counts = component.sketch.histogram(
      from: component.minimum, to: component.maximum, bins: bins)
    return .object([
      ("mean", .double(component.mean)),
      ("stddev", .double(component.standardDeviation)),
      ("minimum", .double(component.minimum)),
      ("maximum", .double(component.maximum)),
      ("percentiles", .object(percentiles)),
      (
        "histogram",
        .object([
          ("from", .double(component.minimum)), ("to", .double(component.maximum)),
          ("counts", .array(counts.map { .integer($0) })),
        ])
      ),
    ])
  }
}
