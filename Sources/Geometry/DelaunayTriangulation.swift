/// Joins points of a plane by triangles, so that no point lies in the circle around another triangle's corners
/// (the incremental algorithm of Bowyer and Watson, 1981). It takes time that grows with the square of the points' number.
public enum DelaunayTriangulation {
  private struct Triangle {
    var corners: SIMD3<Int32>
    /// Of the circle around the corners.
    var centre: SIMD2<Double>
    var squaredRadius: Double
  }

  private struct Edge: Hashable {
    var from: Int32
    var to: Int32
  }

  /// The triangles of a set of points.
  ///
  /// Their corners ascend in angle from the first axis to the second. All triangles together cover the points' convex
  /// hull. Where four points lie on a circle the result is undefined.
  ///
  /// - Parameter points: distinct, with coordinates of about -1 to 1.
  public static func triangles(of points: [SIMD2<Double>]) -> [SIMD3<Int32>] {
    let count = Int32(points.count)
    // A triangle around all points, so far away that it does not change the hull.
    let all = points + [[-4e3, -4e3], [4e3, -4e3], [0, 4e3]]
    var triangles = [triangle(count, count + 1, count + 2, all)]
    for point in 0..<count {
      var rim: [Edge] = []
      var kept: [Triangle] = []
      kept.reserveCapacity(triangles.count + 2)
      for triangle in triangles {
        let offset = all[Int(point)] - triangle.centre
        guard (offset * offset).sum() < triangle.squaredRadius else {
          kept.append(triangle)
          continue
        }
        let (a, b, c) = (triangle.corners.x, triangle.corners.y, triangle.corners.z)
        rim += [Edge(from: a, to: b), Edge(from: b, to: c), Edge(from: c, to: a)]
      }
      // An edge between two of the triangles that are taken out is there in both directions.
      let edges = Set(rim)
      for edge in rim where !edges.contains(Edge(from: edge.to, to: edge.from)) {
        kept.append(triangle(edge.from, edge.to, point, all))
      }
      triangles = kept
    }
    return triangles.map(\.corners).filter { $0.max() < count }
  }

  private static func triangle(
    _ a: Int32, _ b: Int32, _ c: Int32, _ points: [SIMD2<Double>]
  ) -> Triangle {
    let (origin, u, v) = (
      points[Int(a)], points[Int(b)] - points[Int(a)], points[Int(c)] - points[Int(a)]
    )
    let (uu, vv) = ((u * u).sum(), (v * v).sum())
    let area = 2 * (u.x * v.y - u.y * v.x)
    let centre = SIMD2(v.y * uu - u.y * vv, u.x * vv - v.x * uu) / area
    return Triangle(
      corners: SIMD3(a, b, c), centre: origin + centre, squaredRadius: (centre * centre).sum())
  }
}
