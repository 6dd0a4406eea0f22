/// A painted head around the 68 landmarks of a face. Each landmark is a vertex of it.
///
/// Its frame is that of the landmarks: metres, x to the image's right, y down, z away from the camera. It has the
/// size of a mean head, so it fits the landmarks of a mean face. Others are accepted too.
public struct HeadMesh: Sendable {
  /// The coarse surface of the landmarks and the other given points, in metres.
  public let outline: (vertices: [SIMD3<Float>], triangles: TriangleList)
  /// The surface that is drawn at a small distance, with ears, in metres.
  public let surface: (vertices: [SIMD3<Float>], triangles: TriangleList)
  private let coarse: ShadedMesh
  private let fine: ShadedMesh
  /// The face alone, from above the brows to the chin and from ear to ear. It is white and takes a drawing's
  /// tint.
  public let mask: ShadedMesh

  /// Builds the head.
  ///
  /// - Parameter landmarks: exactly iBUG's 68, in metres.
  public init(landmarks: [SIMD3<Double>]) {
    precondition(landmarks.count == 68, "the 68 landmarks of iBUG")
    let points = landmarks.map { SIMD3<Float>(1000 * $0) }
    let own = HeadShape.points.flatMap { point in
      point.x == 0 ? [point] : [point, point * SIMD3(-1, 1, 1)]
    }
    let vertices = points + own
    guard let triangles = TriangleList(HeadShape.triangles, vertexCount: vertices.count) else {
      preconditionFailure("the triangles join the points that the file has")
    }
    outline = (vertices.map { $0 / 1000 }, triangles)
    let paint = HeadPaint(landmarks: points)
    var surface = FineSurface(vertices: vertices, triangles: triangles)
    surface.refine()
    surface.refine()
    coarse = Self.mesh(surface.withEars, paint, smoothing: 3)
    mask = Self.mask(surface, of: outline)
    surface.refine()
    let fineSurface = surface.withEars
    fine = Self.mesh(fineSurface, paint, smoothing: 10)
    self.surface = (fineSurface.vertices.map { $0 / 1000 }, fineSurface.triangles)
  }

  /// The mesh to draw where one metre appears as `pixelsPerMetre` pixels. For small faces it is a coarser one, as
  /// finer triangles would fall between the pixels.
  public func mesh(pixelsPerMetre: Double) -> ShadedMesh { pixelsPerMetre < 400 ? coarse : fine }

  /// - Parameters:
  ///   - surface: the outline with each triangle split into sixteen.
  ///   - outline: in metres.
  private static func mask(
    _ surface: FineSurface, of outline: (vertices: [SIMD3<Float>], triangles: TriangleList)
  ) -> ShadedMesh {
    // All landmarks, and of the other points those in front of the ears and above the jaw.
    let isFace = outline.vertices.enumerated().map { i, point in
      i < 68
        || point.y > -0.085 && point.z < 0.03
          && (point.y < 0.03 || point.z < -0.02 && point.y < 0.07)
    }
    let triangles = (0..<surface.triangles.count).filter {
      let corners = outline.triangles[$0 / 16]
      return isFace[corners.x] && isFace[corners.y] && isFace[corners.z]
    }.map { SIMD3<Int32>(truncatingIfNeeded: surface.triangles[$0]) }
    guard let list = TriangleList(triangles, vertexCount: surface.vertices.count) else {
      preconditionFailure("some of the surface's own triangles")
    }
    return ShadedMesh(
      vertices: surface.vertices.map { $0 / 1000 },
      colours: Array(repeating: SIMD3(repeating: 255), count: surface.vertices.count),
      normals: surface.smoothNormals(rounds: 2), triangles: list)
  }

  private static func mesh(
    _ surface: FineSurface, _ paint: HeadPaint, smoothing: Int
  ) -> ShadedMesh {
    let painted = surface.vertices.map(paint.colour)
    return ShadedMesh(
      vertices: surface.vertices.map { $0 / 1000 }, colours: painted.map(\.colour),
      tintShares: painted.map(\.tintShare), normals: surface.smoothNormals(rounds: smoothing),
      triangles: surface.triangles)
  }
}

extension FineSurface {
  /// The surface with its ears. The points of the outline keep their places.
  fileprivate var withEars: FineSurface {
    var surface = self
    for i in vertices.indices { surface.vertices[i] += Ear.offset(at: vertices[i]) }
    return surface
  }
}

/// Two bulges for a head's ears, between the points of the outline.
enum Ear {
  /// The middle of one ear, in millimetres. The other ear lies opposite.
  private static let centre = SIMD3<Float>(76, -30, 72)
  /// Along z and y, in millimetres.
  private static let radii = SIMD2<Float>(13, 27)

  /// The distance from an ear's middle: 0 there, 1 at the ear's rim. nil elsewhere.
  static func radius(at point: SIMD3<Float>) -> Float? {
    guard abs(point.x) > 40 else { return nil }
    // The ear leans back.
    let (along, up) = (point.z - centre.z + 0.25 * (point.y - centre.y), point.y - centre.y)
    let offset = SIMD2(along, up) / radii
    let squared = (offset * offset).sum()
    return squared < 1 ? squared.squareRoot() : nil
  }

  static func offset(at point: SIMD3<Float>) -> SIMD3<Float> {
    guard let radius = radius(at: point) else { return .zero }
    let height = 13 * (1 - radius * radius)
    return height * SIMD3(point.x < 0 ? -1 : 1, 0, 0.5)
  }
}
