import Geometry
import TestSupport
import Testing

@Suite("Quantile sketch")
struct QuantileSketchTests {
  private static let shares = [0, 0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99, 1]

  private func sketch(of values: some Sequence<Double>) -> QuantileSketch {
    values.reduce(into: QuantileSketch()) { $0.add($1) }
  }

  @Test(
    "every quantile is within a thousandth of the sorted data's", arguments: Distribution.allCases)
  func accuracy(distribution: Distribution) throws {
    for count in [1, 2, 5000] {
      let values = distribution.values(count)
      let sorted = values.sorted()
      let sketch = sketch(of: values)
      #expect(sketch.count == count)
      for share in Self.shares {
        let quantile = try #require(sketch.quantile(share))
        let exact = sorted[Int(share * Double(count - 1))]
        // The allowance beyond 0.001 is for the rounding of logarithms.
        #expect(abs(quantile - exact) <= 0.001 * abs(exact) * (1 + 1e-9))
      }
    }
  }

  @Test("numbers below a billionth count as zero")
  func smallNumbers() {
    let sketch = sketch(of: [-2e-9, -1e-10, 0, 1e-10, 2e-9])
    #expect([0.25, 0.5, 0.75].map { sketch.quantile($0) } == [0, 0, 0])
    #expect((sketch.quantile(0) ?? 0) < 0)
    #expect((sketch.quantile(1) ?? 0) > 0)
  }

  @Test("an empty sketch has no quantile")
  func empty() {
    #expect(QuantileSketch().quantile(0.5) == nil)
    #expect(QuantileSketch().count == 0)
  }

  @Test("merged parts say the same as the whole", arguments: Distribution.allCases)
  func merge(distribution: Distribution) {
    let values = distribution.values(600)
    let whole = sketch(of: values)
    for split in [0, 1, 250, 599, 600] {
      var merged = sketch(of: values[..<split])
      merged.merge(sketch(of: values[split...]))
      #expect(merged.count == whole.count)
      for share in Self.shares { #expect(merged.quantile(share) == whole.quantile(share)) }
      #expect(
        merged.histogram(from: -3, to: 3, bins: 20) == whole.histogram(from: -3, to: 3, bins: 20))
    }
  }
}
