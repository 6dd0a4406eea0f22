import Foundation
import Geometry
import Testing

@Suite("maps of the image plane")
struct PlanarMapTests {
  private let turned = PlanarMap(scale: 0.5, turn: .pi / 6, taking: [10, 20], to: [60, 61])

  @Test("a similarity takes its point to its place, x towards y")
  func similarity() {
    #expect(length(turned.applied(to: [10, 20]) - [60, 61]) < 1e-12)
    let step = turned.applied(to: [11, 20]) - [60, 61]
    #expect(length(step - 0.5 * SIMD2(cos(.pi / 6), sin(.pi / 6))) < 1e-12)
    #expect(abs(turned.determinant - 0.25) < 1e-15)
  }

  @Test("the inverse leads back, and is nil for maps that have none")
  func inverse() throws {
    let skewed = PlanarMap(xRow: [2, 1], yRow: [-0.5, 3], translation: [7, -9])
    let back = try #require(skewed.inverse)
    #expect(length(back.applied(to: skewed.applied(to: [3, 4])) - [3, 4]) < 1e-12)
    #expect(PlanarMap(xRow: [1, 2], yRow: [2, 4], translation: .zero).inverse == nil)
    #expect(PlanarMap(xRow: [.nan, 0], yRow: [0, 1], translation: .zero).inverse == nil)
    #expect(PlanarMap(xRow: [.infinity, 0], yRow: [0, 1], translation: .zero).inverse == nil)
  }

  @Test("the fitted similarity is the one that moved the points, and the least of neighbours")
  func fit() throws {
    let points: [SIMD2<Double>] = [[0, 0], [10, 1], [4, 8], [-3, 5]]
    let exact = try #require(
      PlanarMap.similarity(from: points, to: points.map(turned.applied)))
    #expect(length(exact.xRow - turned.xRow) + length(exact.yRow - turned.yRow) < 1e-12)
    #expect(length(exact.translation - turned.translation) < 1e-12)
    let places: [SIMD2<Double>] = [[1, 0], [9, 3], [5, 7], [-4, 5]]
    let best = try #require(PlanarMap.similarity(from: points, to: places))
    func cost(_ map: PlanarMap) -> Double {
      zip(points, places).reduce(0) { sum, pair in
        let distance = length(map.applied(to: pair.0) - pair.1)
        return sum + distance * distance
      }
    }
    for (a, b, x, y) in [(1e-3, 0.0, 0.0, 0.0), (0, 1e-3, 0, 0), (0, 0, 1e-2, 0), (0, 0, 0, 1e-2)] {
      for sign in [-1.0, 1] {
        var other = best
        other.xRow += sign * SIMD2(a, -b)
        other.yRow += sign * SIMD2(b, a)
        other.translation += sign * SIMD2(x, y)
        #expect(cost(other) > cost(best))
      }
    }
  }

  @Test("points that determine no similarity give none")
  func degenerate() {
    #expect(PlanarMap.similarity(from: [], to: []) == nil)
    #expect(PlanarMap.similarity(from: [[1, 1]], to: [[2, 2]]) == nil)
    #expect(PlanarMap.similarity(from: [[1, 1], [1, 1]], to: [[0, 0], [1, 0]]) == nil)
    #expect(PlanarMap.similarity(from: [[0, 0], [1, .nan]], to: [[0, 0], [1, 0]]) == nil)
  }
}
