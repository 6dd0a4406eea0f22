import Rendering
import TestSupport
import Testing

@Suite("PerspNet's rasteriser")
struct PerspNetRasterTests {
  private let size = (width: 53, height: 41)

  /// The triangle at a pixel, found one by one in the paper's order of operations (TARGETS §2.5).
  private func seen(
    _ vertices: [SIMD3<Float>], _ triangles: [SIMD3<Int32>], x: Int, y: Int
  ) -> UInt16 {
    var (found, nearest) = (PerspNetRaster.none, Float(-999_999))
    for (index, triangle) in triangles.enumerated() {
      let (p0, p1, p2) = (
        vertices[Int(triangle.x)], vertices[Int(triangle.y)], vertices[Int(triangle.z)]
      )
      let (low, high) = (
        pointwiseMin(p0, pointwiseMin(p1, p2)), pointwiseMax(p0, pointwiseMax(p1, p2))
      )
      guard Float(x) >= low.x, Float(x) <= high.x, Float(y) >= low.y, Float(y) <= high.y
      else { continue }
      let (v0, v1) = (SIMD2(p2.x - p0.x, p2.y - p0.y), SIMD2(p1.x - p0.x, p1.y - p0.y))
      let q = SIMD2(Float(x) - p0.x, Float(y) - p0.y)
      func dot(_ a: SIMD2<Float>, _ b: SIMD2<Float>) -> Float { a.x * b.x + a.y * b.y }
      let determinant = dot(v0, v0) * dot(v1, v1) - dot(v0, v1) * dot(v0, v1)
      let inverse: Float = determinant == 0 ? 0 : 1 / determinant
      let a = (dot(v1, v1) * dot(v0, q) - dot(v0, v1) * dot(v1, q)) * inverse
      let b = (dot(v0, v0) * dot(v1, q) - dot(v0, v1) * dot(v0, q)) * inverse
      let isAtBorder = x < 2 || x > size.width - 3 || y < 2 || y > size.height - 3
      guard isAtBorder || (a >= 0 && b >= 0 && a + b < 1) else { continue }
      let depth = (1 - a - b) * p0.z + b * p1.z + a * p2.z
      if depth > nearest { (found, nearest) = (UInt16(index), depth) }
    }
    return found
  }

  @Test(
    "each pixel shows the triangle that the paper's arithmetic finds, at the border too",
    arguments: [(0..<53, 0..<41), (3..<30, 5..<17), (41..<53, 0..<4), (17..<18, 20..<21)])
  func random(place: (columns: Range<Int>, rows: Range<Int>)) {
    var random = SeededRandom(seed: 11)
    func number(_ low: Float, _ high: Float) -> Float {
      low + (high - low) * Float(random.next() >> 40) / Float(1 << 24)
    }
    var vertices = (0..<60).map { _ in
      SIMD3(number(-20, 73), number(-20, 61), number(-3, -1))
    }
    // One at a pixel, two in one place, and a triangle without area.
    vertices[0] = [10, 10, -2]
    vertices[1] = [20, 10, -2]
    vertices[2] = [10, 20, -2]
    vertices[4] = vertices[3]
    let triangles: [SIMD3<Int32>] =
      [[0, 1, 2], [3, 4, 5]] + (0..<40).map { i in [i, i + 7, i + 19] }
    var raster = PerspNetRaster()
    raster.draw(vertices, triangles, imageSize: size, columns: place.columns, rows: place.rows)
    var kinds: Set<UInt16> = []
    for y in place.rows {
      for x in place.columns {
        let expected = seen(vertices, triangles, x: x, y: y)
        let found = raster.withIndices(ofRow: y) { $0[x - place.columns.lowerBound] }
        #expect(UInt16(truncatingIfNeeded: found) == expected, "at \(x), \(y)")
        kinds.insert(expected)
      }
    }
    #expect(!kinds.isEmpty)
  }

  @Test("weights add up to 1 and give the pixel back")
  func weights() {
    let corners = (SIMD3<Float>(3, 4, -1), SIMD3<Float>(30, 7, -2), SIMD3<Float>(9, 33, -1.5))
    let (w0, w1, w2) = PerspNetRaster.weights(corners, x: 12, y: 11)
    #expect(abs(w0 + w1 + w2 - 1) < 1e-6)
    #expect(abs(w0 * 3 + w1 * 30 + w2 * 9 - 12) < 1e-4)
    #expect(abs(w0 * 4 + w1 * 7 + w2 * 33 - 11) < 1e-4)
  }
}
