import Testing

@testable import Shards

@Suite("Runs of triangles")
struct TriangleRunsTests {
  @Test("runs give the pixels back, also those of more than 255 pixels and of one")
  func roundTrip() {
    let pixels =
      [UInt16](repeating: 65535, count: 255) + [7] + [UInt16](repeating: 8, count: 600) + [7]
    let runs = TriangleRuns(of: pixels)
    #expect(runs.triangles == [65535, 7, 8, 8, 8, 7])
    #expect(runs.lengths == [255, 1, 255, 255, 90, 1])
    #expect(runs.pixels(857) == pixels)
    #expect(TriangleRuns(of: []).pixels(0) == [])
  }

  @Test("runs of other pixels, of none, or without lengths are refused")
  func refusals() {
    #expect(TriangleRuns(triangles: [1, 2], lengths: [2, 2]).pixels(3) == nil)
    #expect(TriangleRuns(triangles: [1, 2], lengths: [2, 2]).pixels(5) == nil)
    #expect(TriangleRuns(triangles: [1, 2, 3], lengths: [2, 0, 2]).pixels(4) == nil)
    #expect(TriangleRuns(triangles: [1, 2], lengths: [4]).pixels(4) == nil)
  }
}
