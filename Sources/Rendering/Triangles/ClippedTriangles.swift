internal import Geometry

/// The visible parts of triangles that reach behind the camera, or farther to the side than can be drawn: what is
/// in front of a plane close to the camera, and within the reach of screen vertices.
///
/// Such triangles are rare, so this code is not fast. But a mesh without any is recognised quickly, by the
/// corners of its bounds.
struct ClippedTriangles {
  let vertices: ScreenVertices
  let triangles: TriangleList

  /// The near plane's depth, as a share of the mesh's greatest depth.
  private static let nearShare = 1e-4
  /// In pixels: a little less than the reach of vertices, to allow for rounding.
  private static let reach = 65_000.0

  /// - Parameter whole: the mesh's vertices in this view.
  /// - Returns: nil where all triangles can be drawn whole, or not at all.
  init?(of mesh: ShadedMesh, _ view: MeshView, _ whole: ScreenVertices) {
    func corner(_ i: Int) -> SIMD3<Double> {
      let isHigh: SIMDMask<SIMD3<Int64>> = [i & 1 != 0, i & 2 != 0, i & 4 != 0]
      return view.homogeneous(mesh.bounds.low.replacing(with: mesh.bounds.high, where: isHigh))
    }
    var farthest = 0.0
    for i in 0..<8 { farthest = max(farthest, corner(i).z) }
    guard farthest > 0, farthest.isFinite else { return nil }
    let near = Self.nearShare * farthest
    let isOut = (0..<8).contains { i in
      let place = corner(i)
      return place.z < near || max(abs(place.x), abs(place.y)) > Self.reach * place.z
    }
    guard isOut else { return nil }
    // Inside, the products of each with a corner's (x, y, weight, 1) are positive.
    let planes: [SIMD4<Double>] = [
      [0, 0, 1, -near], [1, 0, Self.reach, 0], [-1, 0, Self.reach, 0], [0, 1, Self.reach, 0],
      [0, -1, Self.reach, 0],
    ]

    var vertices: [ScreenVertex] = []
    var triangles: [SIMD3<Int32>] = []
    for i in 0..<mesh.triangles.count {
      let corners = mesh.triangles[i]
      let indices = [corners.x, corners.y, corners.z]
      guard indices.contains(where: { whole.places[$0] == ScreenVertices.nowhere }) else {
        continue
      }
      var polygon = indices.map { Corner(mesh.vertex($0), view, whole, $0) }
      guard polygon.allSatisfy(\.isFinite) else { continue }
      for plane in planes { polygon = Self.cut(polygon, plane) }
      guard polygon.count >= 3 else { continue }
      let first = Int32(vertices.count)
      vertices += polygon.map { $0.screenVertex(view) }
      for k in 2..<Int32(polygon.count) {
        triangles.append(SIMD3(first, first + k - 1, first + k))
      }
    }
    guard !triangles.isEmpty,
      let list = TriangleList(triangles, vertexCount: vertices.count)
    else { return nil }
    self.triangles = list
    var screen = ScreenVertices()
    screen.set(vertices)
    self.vertices = screen
  }

  private struct Corner {
    /// x and y times the weight, the weight, and 1, to be compared with planes.
    var place: SIMD4<Double>
    var depth: Double
    var colour: SIMD3<Double>
    /// The pixel position of one of the mesh's own vertices that is on the screen, so that neighbours that are
    /// drawn whole meet there.
    var known: SIMD2<Float>?

    init(_ point: SIMD3<Double>, _ view: MeshView, _ whole: ScreenVertices, _ index: Int) {
      place = SIMD4(view.homogeneous(point), 1)
      depth = view.depth(point)
      let value = whole.values[index]
      colour = SIMD3(Double(value.x), Double(value.y), Double(value.z))
      let screen = whole.places[index]
      known = screen == ScreenVertices.nowhere ? nil : screen / ScreenVertices.subpixels
    }

    /// A corner between two others.
    init(_ a: Corner, _ b: Corner, at t: Double) {
      place = a.place + t * (b.place - a.place)
      depth = a.depth + t * (b.depth - a.depth)
      colour = a.colour + t * (b.colour - a.colour)
    }

    var isFinite: Bool { place.sum().isFinite && depth.isFinite && colour.sum().isFinite }

    func screenVertex(_ view: MeshView) -> ScreenVertex {
      ScreenVertex(
        position: known ?? SIMD2(Float(place.x / place.z), Float(place.y / place.z)),
        nearness: Float(view.isPerspective ? 1 / depth : -depth), colour: SIMD3<Float>(colour))
    }

    func precedes(_ other: Corner) -> Bool {
      (place.x, place.y, place.z) < (other.place.x, other.place.y, other.place.z)
    }
  }

  /// The part of a polygon on a plane's positive side (Sutherland and Hodgman, CACM 17, 1974).
  private static func cut(_ polygon: [Corner], _ plane: SIMD4<Double>) -> [Corner] {
    var kept: [Corner] = []
    for i in polygon.indices {
      let (a, b) = (polygon[i], polygon[(i + 1) % polygon.count])
      let (above, next) = ((plane * a.place).sum(), (plane * b.place).sum())
      if above >= 0 { kept.append(a) }
      guard (above >= 0) != (next >= 0) else { continue }
      // Computed alike for both triangles of an edge, so that they meet.
      kept.append(
        a.precedes(b)
          ? Corner(a, b, at: above / (above - next)) : Corner(b, a, at: next / (next - above)))
    }
    return kept
  }
}

extension MeshView {
  /// x and y in pixels times a weight, and the weight: positive before the camera, 1 without perspective.
  fileprivate func homogeneous(_ point: SIMD3<Double>) -> SIMD3<Double> {
    SIMD3(
      (rows.0 * point).sum() + offset.x, (rows.1 * point).sum() + offset.y,
      isPerspective ? depth(point) : 1)
  }

  fileprivate func depth(_ point: SIMD3<Double>) -> Double { (rows.2 * point).sum() + offset.z }
}
