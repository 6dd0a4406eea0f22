public import Geometry

/// Where a mesh is, and how it is projected.
public struct MeshView: Sendable {
  /// Rows that give `u Z`, `v Z` and `Z` of a point in front of a pinhole camera. Without perspective they give
  /// u, v and a depth.
  let rows: (SIMD3<Double>, SIMD3<Double>, SIMD3<Double>)
  let offset: SIMD3<Double>
  let isPerspective: Bool
  /// From the mesh's axes to the camera's, without scale.
  let rotation: Rotation
  let scale: SIMD3<Double>

  /// A mesh in front of a pinhole camera.
  ///
  /// - Parameters:
  ///   - pose: from the mesh's axes to the camera's; the translation is in the mesh's unit after scaling.
  ///   - camera: of the image that is drawn on.
  ///   - scale: factors along the mesh's own axes, applied before the rotation.
  public init(pose: Extrinsics, camera: Intrinsics, scale: SIMD3<Double> = [1, 1, 1]) {
    let (a, b, c) = pose.rotation.rows
    let (focal, centre, t) = (camera.focalLength, camera.principalPoint, pose.translation)
    rows = (
      (focal.x * a + centre.x * c) * scale, (focal.y * b + centre.y * c) * scale, c * scale
    )
    offset = SIMD3(focal.x * t.x + centre.x * t.z, focal.y * t.y + centre.y * t.z, t.z)
    isPerspective = true
    (rotation, self.scale) = (pose.rotation, scale)
  }

  /// A mesh in weak perspective: turned, scaled and shifted in the picture.
  ///
  /// - Parameters:
  ///   - rotation: from the mesh's axes to the camera's.
  ///   - pixelsPerUnit: how many pixels one unit of the mesh takes.
  ///   - origin: where the mesh's origin appears, in pixels.
  public init(rotation: Rotation, pixelsPerUnit: Double, origin: SIMD2<Double>) {
    let (a, b, c) = rotation.rows
    rows = (pixelsPerUnit * a, pixelsPerUnit * b, c)
    offset = SIMD3(origin.x, origin.y, 0)
    isPerspective = false
    (self.rotation, scale) = (rotation, [1, 1, 1])
  }
}

/// One directional light, and ambient light from all sides.
public struct Light: Sendable {
  /// The unit vector towards the light, in camera axes: (0, 0, -1) is a light behind the camera. Zero is none.
  public var direction: SIMD3<Double>
  /// The share of a colour that is seen in the shade.
  public var ambient: Double
  /// The share that the light adds where it falls perpendicular to the surface.
  public var diffuse: Double

  /// Makes a light.
  ///
  /// - Parameters:
  ///   - direction: towards the light, of any length. Zero, or one that is not finite, leaves only the ambient
  ///     light.
  ///   - ambient: the share of a colour in the shade.
  ///   - diffuse: the share that the light adds where it falls perpendicular to the surface.
  public init(
    direction: SIMD3<Double> = [-0.3, -0.45, -1], ambient: Double = 0.4, diffuse: Double = 0.65
  ) {
    let length = Geometry.length(direction)
    self.direction = length > 0 && length.isFinite ? direction / length : .zero
    (self.ambient, self.diffuse) = (ambient, diffuse)
  }
}
