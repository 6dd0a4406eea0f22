import Geometry
import TestSupport
import Testing

@Suite("Delaunay triangulation")
struct DelaunayTriangulationTests {
  @Test(
    "covers the hull with triangles whose circles hold no other point", arguments: [4, 30, 120])
  func random(count: Int) {
    var random = SeededRandom(seed: UInt64(count))
    let points = (0..<count).map { _ in
      SIMD2(Double.random(in: -1...1, using: &random), Double.random(in: -1...1, using: &random))
    }
    let triangles = DelaunayTriangulation.triangles(of: points)
    func cross(_ a: SIMD2<Double>, _ b: SIMD2<Double>) -> Double { a.x * b.y - a.y * b.x }
    var area = 0.0
    for corners in triangles {
      let (a, b, c) = (points[Int(corners.x)], points[Int(corners.y)], points[Int(corners.z)])
      area += cross(b - a, c - a) / 2
      #expect(cross(b - a, c - a) > 0)
      for (i, p) in points.enumerated()
      where ![corners.x, corners.y, corners.z].contains(Int32(i)) {
        // The determinant of the lifted points is positive inside the circle.
        let (u, v, w) = (a - p, b - p, c - p)
        let lifted: Double =
          (u * u).sum() * cross(v, w) + (v * v).sum() * cross(w, u) + (w * w).sum() * cross(u, v)
        #expect(lifted < 1e-9)
      }
    }
    #expect(abs(area - Self.hullArea(points)) < 1e-9)
  }

  /// By Andrew's monotone chain.
  private static func hullArea(_ points: [SIMD2<Double>]) -> Double {
    func chain(_ points: [SIMD2<Double>]) -> [SIMD2<Double>] {
      var chain: [SIMD2<Double>] = []
      for p in points {
        while chain.count > 1 {
          let (a, b) = (chain[chain.count - 2], chain[chain.count - 1])
          guard (b.x - a.x) * (p.y - a.y) - (b.y - a.y) * (p.x - a.x) <= 0 else { break }
          chain.removeLast()
        }
        chain.append(p)
      }
      return chain
    }
    let sorted = points.sorted { ($0.x, $0.y) < ($1.x, $1.y) }
    let hull = chain(sorted).dropLast() + chain(sorted.reversed()).dropLast()
    return zip(hull, hull.dropFirst() + hull.prefix(1)).reduce(0) {
      $0 + ($1.0.x * $1.1.y - $1.0.y * $1.1.x) / 2
    }
  }
}
