import Testing

@testable import Validation

@Suite("Robust statistics")
struct RobustStatisticsTests {
  @Test("median and deviation of known values")
  func known() throws {
    #expect(Robust.median([]) == nil)
    #expect(Robust.median([3, 1, 2]) == 2)
    #expect(Robust.median([4, 1, 2, 3]) == 2.5)
    let deviation = try #require(Robust.deviation([1, 2, 3, 4, 1000]))
    #expect((deviation - 1.4826).magnitude < 1e-12)
    #expect(Robust.weightedMedian([(1, 1), (2, 1), (9, 5)]) == 9)
  }

  @Test("a thinned sample is bounded, evenly spaced, and counts all")
  func thinned() {
    var sample = ThinnedSample<Int>(limit: 8)
    for i in 0..<1000 { sample.add(i) }
    #expect(sample.count == 1000)
    #expect(sample.elements.count <= 8 && sample.elements.count > 4)
    let gaps = zip(sample.elements.dropFirst(), sample.elements).map { $0 - $1 }
    #expect(Set(gaps) == [128])
    #expect(sample.elements.first == 0)
  }
}
