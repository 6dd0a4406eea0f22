import Reporting
import Schema
import Testing

@Suite("Summary of pose statistics")
struct PoseSummaryTests {
  /// All members below a value, outermost first, in the order they are written.
  private func members(_ value: JSONValue) -> [(key: String, value: JSONValue)] {
    guard case .object(let members) = value else { return [] }
    return members.flatMap { [$0] + self.members($0.value) }
  }

  private func memberNames(of statistics: PoseStatistics) -> [String] {
    members(statistics.summary).map(\.key)
  }

  /// The value of every member of this name.
  private func values(of name: String, in statistics: PoseStatistics) -> [JSONValue] {
    members(statistics.summary).filter { $0.key == name }.map(\.value)
  }

  @Test("has every component with mean, deviation, extremes, percentiles and histogram")
  func members() {
    var statistics = PoseStatistics()
    statistics.add { Double($0) }
    let component = [
      "mean", "stddev", "minimum", "maximum", "percentiles", "p1", "p5", "p25", "p50", "p75", "p95",
      "p99", "histogram", "from", "to", "counts",
    ]
    #expect(
      memberNames(of: statistics) == ["count", "percentile_accuracy", "components"]
        + PoseStatistics.componentNames.flatMap { [$0] + component })
  }

  @Test("without poses the components are there and null")
  func empty() {
    let names = memberNames(of: PoseStatistics())
    #expect(
      names == ["count", "percentile_accuracy", "components", "rx", "ry", "rz", "tx", "ty", "tz"])
    for name in PoseStatistics.componentNames {
      #expect(values(of: name, in: PoseStatistics()) == [.null])
    }
  }

  @Test("gives the numbers of its poses, with percentiles inside the extremes")
  func numbers() {
    var statistics = PoseStatistics()
    for value in [1.0, 3, 5] { statistics.add { value + 10 * Double($0) } }
    #expect(values(of: "count", in: statistics) == [.integer(3)])
    #expect(values(of: "percentile_accuracy", in: statistics) == [.double(0.001)])
    #expect(
      values(of: "mean", in: statistics)
        == [3, 13, 23, 33, 43, 53].map { JSONValue.double($0) })
    let lowest = [1, 11, 21, 31, 41, 51].map { JSONValue.double($0) }
    let highest = [5, 15, 25, 35, 45, 55].map { JSONValue.double($0) }
    for name in ["minimum", "from"] { #expect(values(of: name, in: statistics) == lowest) }
    for name in ["maximum", "to"] { #expect(values(of: name, in: statistics) == highest) }
  }

  @Test("a percentile of equal numbers is that number, not a bucket's middle")
  func equalNumbers() {
    var statistics = PoseStatistics()
    for _ in 0..<3 { statistics.add { _ in 0.7 } }
    for name in ["p1", "p50", "p99"] {
      #expect(values(of: name, in: statistics) == Array(repeating: .double(0.7), count: 6))
    }
  }
}
