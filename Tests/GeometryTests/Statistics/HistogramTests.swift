import Geometry
import TestSupport
import Testing

@Suite("Histogram of a sketch")
struct HistogramTests {
  private func histogram(
    of values: [Double], from lowest: Double? = nil, to highest: Double? = nil, bins: Int
  ) -> [Int] {
    values.reduce(into: QuantileSketch()) { $0.add($1) }.histogram(
      from: lowest ?? values.min() ?? 0, to: highest ?? values.max() ?? 0, bins: bins)
  }

  @Test("counts sum to the number of values", arguments: Distribution.allCases)
  func sum(distribution: Distribution) {
    for bins in [1, 7, 36, 1000] {
      let counts = histogram(of: distribution.values(2000), bins: bins)
      #expect(counts.count == bins)
      #expect(counts.reduce(0, +) == 2000)
      #expect(counts.allSatisfy { $0 >= 0 })
    }
  }

  @Test("where bins are wide, counts are those of the data but for values at a bin's edge")
  func wideBins() {
    let values = Distribution.normal.values(5000)
    let (lowest, highest) = (-1.5, 1.7)
    let width = (highest - lowest) / 16
    var exact = Array(repeating: 0, count: 16)
    var nearEdge = Array(repeating: 0, count: 16)
    for value in values {
      exact[min(max(Int((value - lowest) / width), 0), 15)] += 1
      for bin in 0..<16 {
        let edges = [lowest + Double(bin) * width, lowest + Double(bin + 1) * width]
        if edges.contains(where: { abs($0 - value) <= 0.003 * abs(value) }) { nearEdge[bin] += 1 }
      }
    }
    let counts = histogram(of: values, from: lowest, to: highest, bins: 16)
    for bin in 0..<16 { #expect(abs(counts[bin] - exact[bin]) <= nearEdge[bin] + 1) }
    #expect(exact.max() ?? 0 > 500)
  }

  @Test("values at known places fall into their bins")
  func knownPlaces() {
    #expect(
      histogram(of: [-3.5, -3.5, -0.5, 0, 2.5], from: -4, to: 4, bins: 8)
        == [2, 0, 0, 1, 1, 0, 1, 0])
  }

  @Test("where bins are narrower than a bucket, counts follow the data")
  func narrowBins() {
    // A bucket at -1000 is 2 wide, a bin 1/36: a bucket counted at its middle would fill one bin.
    let counts = histogram(of: Distribution.farFromZero.values(36_000), bins: 36)
    for count in counts { #expect(abs(count - 1000) < 200) }
  }

  @Test("data in one half of a range stay there though a bucket is wider than a bin")
  func oneHalf() {
    var numbers = SeededRandom(seed: 5)
    let values = (0..<4000).map { _ in numbers.uniform(100...110) }
    let counts = histogram(of: values, from: 100, to: 120, bins: 200)
    let low = counts[..<98].reduce(0, +)
    #expect(abs(low - 3920) < 60)
    #expect(counts[103...].allSatisfy { $0 == 0 })
  }

  @Test("a range without width has all in its first bin")
  func noWidth() {
    #expect(histogram(of: Distribution.constant.values(9), bins: 4) == [9, 0, 0, 0])
    #expect(histogram(of: Distribution.constant.values(9), bins: 1) == [9])
  }
}
