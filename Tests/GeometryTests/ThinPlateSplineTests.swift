import Geometry
import Testing

@Suite("Thin plate spline")
struct ThinPlateSplineTests {
  private let points: [SIMD2<Double>] = [
    [0, 0], [1, 0], [0, 1], [1, 1], [0.3, 0.6], [0.7, 0.2],
  ]

  @Test("takes the given points to their values")
  func interpolation() throws {
    let values = points.map { SIMD2($0.x * $0.x - $0.y, 3 * $0.x * $0.y) }
    let spline = try #require(ThinPlateSpline(points: points, values: values))
    for (point, value) in zip(points, values) {
      let difference = spline.value(at: point) - value
      #expect((difference * difference).sum() < 1e-20)
    }
  }

  @Test("is the affine map where one fits")
  func affine() throws {
    func map(_ p: SIMD2<Double>) -> SIMD2<Double> {
      SIMD2(2 + 3 * p.x - p.y, -1 + 0.5 * p.x + 4 * p.y)
    }
    let spline = try #require(ThinPlateSpline(points: points, values: points.map(map)))
    let difference = spline.value(at: [5, -7]) - map([5, -7])
    #expect((difference * difference).sum() < 1e-18)
  }

  @Test("bends by r² log r between two halves of a square")
  func bend() throws {
    // Four corners and their middle raised by 1: by symmetry the weights are w, w, w, w and -4 w.
    let square: [SIMD2<Double>] = [[1, 0], [-1, 0], [0, 1], [0, -1], [0, 0]]
    let spline = try #require(
      ThinPlateSpline(points: square, values: [[0, 0], [0, 0], [0, 0], [0, 0], [1, 0]]))
    // U(1) = 0, U(√2) = log 2, U(2) = 4 log 2: at a corner a + 6 w log 2 = 0, in the middle a = 1.
    // At (1, 1) there are two distances of 1, two of √5, and √2 from the middle.
    let w = -1 / (6 * 0.693_147_180_559_945_3)
    let expected = 1 + w * 2 * 5 * 1.609_437_912_434_100_3 / 2 - 4 * w * 0.693_147_180_559_945_3
    #expect(abs(spline.value(at: [1, 1]).x - expected) < 1e-12)
  }

  @Test("points on a line, or equal ones, decide no map")
  func degenerate() {
    let line: [SIMD2<Double>] = [[0, 0], [1, 1], [2, 2], [3, 3]]
    #expect(ThinPlateSpline(points: line, values: line) == nil)
    let twice: [SIMD2<Double>] = [[0, 0], [1, 0], [0, 1], [0, 1]]
    #expect(ThinPlateSpline(points: twice, values: twice) == nil)
  }
}
