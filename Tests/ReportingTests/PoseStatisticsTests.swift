import Geometry
import TestSupport
import Testing

@testable import Reporting

@Suite("Pose statistics")
struct PoseStatisticsTests {
  /// Mean and deviation of numbers that are at hand, in two passes.
  private struct TwoPass {
    var mean: Double
    var deviation: Double

    init(_ values: [Double]) {
      let mean = values.reduce(0, +) / Double(values.count)
      // The second sum takes off what rounding left in the first.
      self.mean = mean + values.reduce(0) { $0 + ($1 - mean) } / Double(values.count)
      let center = self.mean
      let squares = values.reduce(0) { $0 + ($1 - center) * ($1 - center) }
      deviation = (squares / Double(values.count)).squareRoot()
    }
  }

  private func component(of values: some Sequence<Double>) -> PoseStatistics.Component {
    values.reduce(into: PoseStatistics.Component()) { $0.add($1) }
  }

  private static let spread: [Distribution] = [.uniform, .normal, .farFromZero, .twoPlaces]

  /// Distances are relative to the size of the data: a mean near zero has no digits of its own.
  private func expectEqual(
    _ component: PoseStatistics.Component, _ values: [Double],
    at location: SourceLocation = #_sourceLocation
  ) {
    let expected = TwoPass(values)
    let size = values.reduce(0) { max($0, abs($1)) }
    #expect(component.count == values.count, sourceLocation: location)
    #expect(abs(component.mean - expected.mean) <= 1e-12 * size, sourceLocation: location)
    #expect(
      abs(component.standardDeviation - expected.deviation) <= 1e-12 * expected.deviation,
      sourceLocation: location)
    #expect(component.minimum == values.min(), sourceLocation: location)
    #expect(component.maximum == values.max(), sourceLocation: location)
  }

  @Test("mean and deviation are those of two passes", arguments: spread)
  func twoPasses(distribution: Distribution) {
    let values = distribution.values(10_000)
    expectEqual(component(of: values), values)
  }

  @Test("merged parts are the whole wherever it is split", arguments: spread)
  func merge(distribution: Distribution) {
    let values = distribution.values(400)
    for split in [0, 1, 2, 133, 200, 399, 400] {
      var merged = component(of: values[..<split])
      merged.merge(component(of: values[split...]))
      expectEqual(merged, values)
      #expect(merged.sketch.quantile(0.5) == component(of: values).sketch.quantile(0.5))
    }
  }

  @Test("many small parts merge into the whole")
  func manyParts() {
    let values = Distribution.normal.values(1000)
    var merged = PoseStatistics.Component()
    for start in stride(from: 0, to: 1000, by: 10) {
      merged.merge(component(of: values[start..<start + 10]))
    }
    expectEqual(merged, values)
  }

  @Test("the deviation is the population's")
  func population() {
    #expect(component(of: [1, 3]).standardDeviation == 1)
    #expect(component(of: [5]).standardDeviation == 0)
    #expect(component(of: []).standardDeviation == 0)
  }

  @Test("the six numbers of a pose keep apart, in added and in merged statistics")
  func sixComponents() {
    let first = [0.1, -0.2, 0.3, 1, -2, 3.0]
    let second = [0.3, -0.4, 0.5, 3, -4, 5.0]
    var added = PoseStatistics()
    added.add { first[$0] }
    var other = PoseStatistics()
    other.add { second[$0] }
    var merged = added
    merged.merge(other)
    added.add { second[$0] }
    for statistics in [added, merged] {
      #expect(statistics.count == 2)
      for i in 0..<6 {
        #expect(abs(statistics.mean[i] - (first[i] + second[i]) / 2) < 1e-15)
        #expect(abs(statistics.standardDeviation[i] - abs(second[i] - first[i]) / 2) < 1e-15)
      }
    }
  }
}
