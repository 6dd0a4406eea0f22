public import Geometry
public import Schema

/// Streaming statistics of poses' six components; two of them merge into that of both inputs.
public struct PoseStatistics: Sendable {
  /// One component: count, mean and sum of squared deviations (Welford 1962; merged after Chan,
  /// Golub and LeVeque 1979), extremes, and a sketch for percentiles and histogram.
  public struct Component: Sendable {
    public private(set) var count = 0
    public private(set) var mean = 0.0
    private var squaredDeviations = 0.0
    public private(set) var minimum = Double.infinity
    public private(set) var maximum = -Double.infinity
    public private(set) var sketch = QuantileSketch()

    /// The population's standard deviation (numpy's ddof 0).
    public var standardDeviation: Double {
      count > 0 ? (squaredDeviations / Double(count)).squareRoot() : 0
    }

    public mutating func add(_ value: Double) {
      count += 1
      let offset = value - mean
      mean += offset / Double(count)
      squaredDeviations += offset * (value - mean)
      minimum = min(minimum, value)
      maximum = max(maximum, value)
      sketch.add(value)
    }

    public mutating func merge(_ other: Component) {
      guard other.count > 0 else { return }
      let total = Double(count + other.count)
      let offset = other.mean - mean
      squaredDeviations +=
        other.squaredDeviations + offset * offset * Double(count) * Double(other.count) / total
      mean += offset * Double(other.count) / total
      count += other.count
      minimum = min(minimum, other.minimum)
      maximum = max(maximum, other.maximum)
      sketch.merge(other.sketch)
    }
  }

  public static let componentNames = ["rx", "ry", "rz", "tx", "ty", "tz"]
  static let percentiles = [1, 5, 25, 50, 75, 95, 99]
  static let bins = 36

  public private(set) var components = Array(repeating: Component(), count: 6)

  public init() {}

  public var count: Int { components[0].count }
  public var mean: [Double] { components.map(\.mean) }
  public var standardDeviation: [Double] { components.map(\.standardDeviation) }

  /// - Parameter component: the pose's i-th number: rx, ry, rz in radians, then tx, ty, tz.
  public mutating func add(_ component: (Int) -> Double) {
    for i in 0..<6 { components[i].add(component(i)) }
  }

  public mutating func merge(_ other: PoseStatistics) {
    for i in 0..<6 { components[i].merge(other.components[i]) }
  }

  /// The summary that goes into `*.stats.json` and the manifest.
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
      // A bucket's middle may lie outside what was seen.
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
