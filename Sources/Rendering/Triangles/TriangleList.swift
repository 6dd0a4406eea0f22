/// Which vertices the triangles of a mesh join, counter-clockwise as seen from outside.
///
/// Indices are checked here once, and drawing relies on it.
public struct TriangleList: Sendable, Equatable {
  /// Every index is below this.
  public let vertexCount: Int
  /// Three indices for each triangle, packed, as drawing reads them from one end to the other.
  let corners: [UInt32]

  /// How many triangles there are.
  public var count: Int { corners.count / 3 }

  /// Checks all indices.
  ///
  /// - Parameters:
  ///   - triangles: three vertices of each triangle, from 0.
  ///   - vertexCount: how many vertices there are to join.
  /// - Returns: nil where an index is negative or not below `vertexCount`.
  public init?(_ triangles: [SIMD3<Int32>], vertexCount: Int) {
    guard (0...Int(Int32.max)).contains(vertexCount) else { return nil }
    let isInRange = triangles.allSatisfy { triangle in
      triangle.min() >= 0 && Int(triangle.max()) < vertexCount
    }
    guard isInRange else { return nil }
    self.vertexCount = vertexCount
    corners = triangles.flatMap { triangle in (0..<3).map { UInt32(triangle[$0]) } }
  }

  /// The three vertices of a triangle, from 0 to `count` - 1.
  public subscript(triangle: Int) -> SIMD3<Int> {
    SIMD3(
      Int(corners[3 * triangle]), Int(corners[3 * triangle + 1]), Int(corners[3 * triangle + 2]))
  }
}
