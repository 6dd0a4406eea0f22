/// A triangle mesh with a colour and a normal at each vertex, ready to be drawn in any pose.
public struct ShadedMesh: Sendable {
  /// Front faces are counter-clockwise.
  public let triangles: TriangleList
  /// The vertices in blocks of eight. The last block is filled up with copies of the last vertex.
  let blocks: [VertexBlock]
  let edges: TriangleEdges
  /// The least and the greatest coordinates of vertices that are finite.
  let bounds: (low: SIMD3<Double>, high: SIMD3<Double>)

  /// As many as `triangles` joins.
  public var vertexCount: Int { triangles.vertexCount }

  /// Makes a mesh, and finds its edges.
  ///
  /// - Parameters:
  ///   - vertices: as many as `triangles` joins, in any unit. Vertices that are not finite are accepted; their
  ///     triangles are not drawn.
  ///   - colours: red, green and blue, 0 to 255, for each vertex.
  ///   - tintShares: the share of a drawing's tint that each vertex takes, 0 to 1; nil for 1 everywhere.
  ///   - normals: an outward unit vector for each vertex; nil for the means of the triangles' normals.
  ///   - triangles: checked already.
  public init(
    vertices: [SIMD3<Float>], colours: [SIMD3<Float>], tintShares: [Float]? = nil,
    normals: [SIMD3<Float>]? = nil, triangles: TriangleList
  ) {
    precondition(vertices.count == triangles.vertexCount, "as many vertices as triangles join")
    precondition(colours.count == vertices.count, "one colour a vertex")
    precondition((tintShares?.count ?? vertices.count) == vertices.count, "one share a vertex")
    precondition((normals?.count ?? vertices.count) == vertices.count, "one normal a vertex")
    self.triangles = triangles
    edges = TriangleEdges(triangles)
    let finite = vertices.filter { $0.sum().isFinite }
    bounds = finite.reduce(
      into: (SIMD3(repeating: .infinity), SIMD3(repeating: -.infinity))
    ) { bounds, vertex in
      let vertex = SIMD3<Double>(vertex)
      bounds.0.replace(with: vertex, where: vertex .< bounds.0)
      bounds.1.replace(with: vertex, where: vertex .> bounds.1)
    }
    let normals = normals ?? triangles.normals(of: vertices)
    blocks = stride(from: 0, to: vertices.count, by: VertexBlock.count).map { start in
      var block = VertexBlock()
      for lane in 0..<VertexBlock.count {
        let i = min(start + lane, vertices.count - 1)
        (block.x[lane], block.y[lane], block.z[lane]) =
          (vertices[i].x, vertices[i].y, vertices[i].z)
        (block.normalX[lane], block.normalY[lane], block.normalZ[lane]) =
          (normals[i].x, normals[i].y, normals[i].z)
        (block.red[lane], block.green[lane], block.blue[lane]) =
          (colours[i].x, colours[i].y, colours[i].z)
        block.tintShare[lane] = tintShares?[i] ?? 1
      }
      return block
    }
  }

  func vertex(_ index: Int) -> SIMD3<Double> {
    let (block, lane) = (blocks[index / VertexBlock.count], index % VertexBlock.count)
    return SIMD3(Double(block.x[lane]), Double(block.y[lane]), Double(block.z[lane]))
  }
}

extension TriangleList {
  /// The outward unit normal of each vertex: the mean of its triangles' normals, weighted by their areas. It is
  /// zero where they have no area.
  ///
  /// - Parameter vertices: as many as `vertexCount`.
  public func normals(of vertices: [SIMD3<Float>]) -> [SIMD3<Float>] {
    precondition(vertices.count == vertexCount, "as many vertices as triangles join")
    var sums = [SIMD3<Float>](repeating: .zero, count: vertexCount)
    vertices.withUnsafeBufferPointer { vertices in
      sums.withUnsafeMutableBufferPointer { sums in
        for i in stride(from: 0, to: corners.count, by: 3) {
          let (a, b, c) = (Int(corners[i]), Int(corners[i + 1]), Int(corners[i + 2]))
          let (p, q) = (vertices[b] - vertices[a], vertices[c] - vertices[a])
          let normal = SIMD3(
            p.y * q.z - p.z * q.y, p.z * q.x - p.x * q.z, p.x * q.y - p.y * q.x)
          // Half of its length is the triangle's area.
          guard normal.sum().isFinite else { continue }
          sums[a] += normal
          sums[b] += normal
          sums[c] += normal
        }
      }
    }
    return sums.map { sum in
      let length = (sum * sum).sum().squareRoot()
      return length > 0 && length.isFinite ? sum / length : .zero
    }
  }
}
