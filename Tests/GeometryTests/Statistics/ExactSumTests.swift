import TestSupport
import Testing

@testable import Geometry

@Suite("Exact sums")
struct ExactSumTests {
  private func sum(of values: some Sequence<Double>) -> ExactSum {
    values.reduce(into: ExactSum()) { $0.add($1) }
  }

  /// Numbers of all magnitudes, many of which cancel each other.
  private static let mixed: [Double] = {
    var numbers = SeededRandom(seed: 17)
    return (0..<4000).map { i in
      let value = numbers.uniform(-1...1)
      switch i % 5 {
      case 0: return value * 1e300
      case 1: return value * 1e-300
      case 2: return value * 1e12
      case 3: return (i / 5).isMultiple(of: 2) ? .leastNonzeroMagnitude : -.leastNormalMagnitude
      default: return value
      }
    }
  }()

  @Test("200 random parts and orders have the same bits", arguments: Distribution.allCases)
  func anyParts(distribution: Distribution) {
    var numbers = SeededRandom(seed: 3)
    let values = distribution.values(500)
    let whole = sum(of: values)
    for _ in 0..<200 {
      var parts = Array(repeating: ExactSum(), count: 1 + numbers.below(9))
      for value in values.shuffled(using: &numbers) {
        parts[numbers.below(parts.count)].add(value)
      }
      var merged = ExactSum()
      for part in parts.shuffled(using: &numbers) { merged.merge(part) }
      #expect(merged == whole)
      #expect(merged.mean.bitPattern == whole.mean.bitPattern)
      #expect(merged.standardDeviation.bitPattern == whole.standardDeviation.bitPattern)
    }
  }

  @Test("a sum that was kept as text is the same")
  func text() throws {
    for values in [[], [0], [-1.5], [.leastNonzeroMagnitude], Self.mixed] {
      let sum = sum(of: values)
      let text = sum.text
      let read = try #require(
        ExactSum(count: sum.count, sum: text.sum, squares: text.squares), "\(text)")
      #expect(read == sum)
      #expect(read.mean.bitPattern == sum.mean.bitPattern)
    }
    #expect(sum(of: [1, 2, -0.5]).text == (sum: "0x5p-1", squares: "0x15p-2"))
    #expect(sum(of: [-1, -3]).text.sum == "-0x1p2")
    #expect(ExactSum().text == (sum: "0x0p0", squares: "0x0p0"))
  }

  @Test(
    "text that is no sum is refused",
    arguments: [
      ("", "0x0p0"), ("5p-1", "0x15p-2"), ("0x5", "0x15p-2"), ("0xgp0", "0x15p-2"),
      ("0x1p-1075", "0x15p-2"), ("0x1p99999999999999999999", "0x1p0"), ("0x1p4096", "0x1p0"),
      ("0x5p-1", "-0x15p-2"),
      // By Cauchy and Schwarz, the squares of 3 numbers of this sum cannot be so small.
      ("0x5p8", "0x15p-2"),
    ])
  func refused(sum: String, squares: String) {
    #expect(ExactSum(count: 3, sum: sum, squares: squares) == nil)
  }

  @Test("a count that cannot be is refused")
  func refusedCount() {
    #expect(ExactSum(count: 0, sum: "0x0p0", squares: "0x1p0") == nil)
    #expect(ExactSum(count: -1, sum: "0x0p0", squares: "0x0p0") == nil)
    #expect(ExactSum(count: 0, sum: "0x0p0", squares: "0x0p0") != nil)
  }

  @Test("mean and deviation are rounded once, also of the least and greatest numbers")
  func roundedOnce() {
    let tiny = Double.leastNonzeroMagnitude
    // The mean of 0 and the least number is half of that: a tie, which goes to the even one, 0.
    #expect(sum(of: [0, tiny]).mean == 0)
    #expect(sum(of: [tiny, 2 * tiny]).mean == 2 * tiny)
    #expect(sum(of: [tiny, tiny]).mean == tiny)
    #expect(
      sum(of: [.greatestFiniteMagnitude, .greatestFiniteMagnitude]).mean == .greatestFiniteMagnitude
    )
    #expect(sum(of: [.greatestFiniteMagnitude, -.greatestFiniteMagnitude]).mean == 0)
    #expect(
      sum(of: [.greatestFiniteMagnitude, -.greatestFiniteMagnitude]).standardDeviation
        == .greatestFiniteMagnitude)
    // 0.1 three times: adding up gives 0.30000000000000004, whose third is another number.
    #expect(sum(of: [0.1, 0.1, 0.1]).mean == 0.1)
    #expect(sum(of: [0.1, 0.1, 0.1]).standardDeviation == 0)
    #expect(sum(of: [1, 2, 3, 4]).standardDeviation == 1.25.squareRoot())
    // Squares of 1e9 leave no digits for a spread of 1e-7 in plain sums.
    let near = [1e9, 1e9 + 0x1p-23]
    #expect(sum(of: near).standardDeviation == 0x1p-24)
  }

  @Test("carries move on however many numbers there are")
  func carries() {
    var sum = ExactSum()
    sum.add(-1)
    for _ in 0..<40 { sum.merge(sum) }
    #expect(sum.count == 1 << 40)
    #expect(sum.mean == -1)
    #expect(sum.standardDeviation == 0)
    #expect(sum.text.sum == "-0x1p40")
  }
}

@Suite("Sketches that were kept")
struct KeptSketchTests {
  @Test("a sketch is the same from its counts", arguments: Distribution.allCases)
  func counts(distribution: Distribution) {
    let sketch = distribution.values(3000).reduce(into: QuantileSketch()) { $0.add($1) }
    #expect(QuantileSketch(sketch.counts) == sketch)
    #expect(QuantileSketch(QuantileSketch().counts) == QuantileSketch())
  }

  @Test(
    "counts that are no sketch's are refused",
    arguments: [
      (-1, [], []), (0, [1], []), (0, [1, 0], []), (0, [1, -5], []), (0, [-1, 2], []),
      (0, [5, 1, 5, 1], []), (0, [6, 1, 5, 1], []), (0, [], [1 << 40, 1]),
      (.max, [1, 1], []), (0, [1, .max, 2, 1], []),
    ] as [(Int, [Int], [Int])])
  func refused(zero: Int, positive: [Int], negative: [Int]) {
    #expect(
      QuantileSketch(
        QuantileSketch.Counts(zero: zero, positive: positive, negative: negative)) == nil)
  }
}
