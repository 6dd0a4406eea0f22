/// A closed surface that can be made finer without moving its points.
struct FineSurface {
  var vertices: [SIMD3<Float>]
  var triangles: TriangleList

  /// Splits each triangle into four. New points are at the middle of edges, raised so that the surface is
  /// perpendicular to the normals at the edge's ends (the cubic of PN triangles at its middle; Vlachos et al.,
  /// I3D 2001).
  mutating func refine() {
    let normals = triangles.normals(of: vertices)
    var middles: [UInt64: Int32] = [:]
    middles.reserveCapacity(3 * triangles.count / 2)
    var finer: [SIMD3<Int32>] = []
    finer.reserveCapacity(4 * triangles.count)

    func middle(_ a: Int, _ b: Int) -> Int32 {
      let key = UInt64(min(a, b)) << 32 | UInt64(max(a, b))
      if let known = middles[key] { return known }
      let edge = vertices[b] - vertices[a]
      var sink =
        ((edge * normals[a]).sum() * normals[a] - (edge * normals[b]).sum() * normals[b]) / 8
      // Where the normals do not fit the edge at all, as at the lips, the cubic would overshoot.
      let (depth, most) = ((sink * sink).sum(), (edge * edge).sum() / 16)
      if depth > most { sink *= (most / depth).squareRoot() }
      vertices.append((vertices[a] + vertices[b]) / 2 - sink)
      let index = Int32(vertices.count - 1)
      middles[key] = index
      return index
    }

    for i in 0..<triangles.count {
      let corners = triangles[i]
      let (a, b, c) = (Int32(corners.x), Int32(corners.y), Int32(corners.z))
      let ab = middle(corners.x, corners.y)
      let bc = middle(corners.y, corners.z)
      let ca = middle(corners.z, corners.x)
      finer += [SIMD3(a, ab, ca), SIMD3(ab, b, bc), SIMD3(ca, bc, c), SIMD3(ab, bc, ca)]
    }
    guard let list = TriangleList(finer, vertexCount: vertices.count) else {
      preconditionFailure("new triangles join old and new vertices")
    }
    triangles = list
  }

  /// The vertices' normals, averaged with their neighbours'. This hides the creases between the coarse triangles.
  func smoothNormals(rounds: Int) -> [SIMD3<Float>] {
    var normals = triangles.normals(of: vertices)
    for _ in 0..<rounds {
      var sums = normals
      for i in 0..<triangles.count {
        let corners = triangles[i]
        sums[corners.x] += normals[corners.y]
        sums[corners.y] += normals[corners.z]
        sums[corners.z] += normals[corners.x]
      }
      normals = sums.map { sum in
        let length = (sum * sum).sum().squareRoot()
        return length > 0 ? sum / length : .zero
      }
    }
    return normals
  }
}
