/// TRG's correction of a box (Chun and Chang, "6DoF Head Pose Estimation through Explicit Bidirectional
/// Interaction with Face Geometry", ECCV 2024): where a head is relative to its square crop, in three
/// numbers that do not change with the focal length (FORMATS §13.2).
///
/// With the box's centre c and width b in pixels, and L = 0.2 m for what the box is taken to show,
///
///     tz = L scale f / b,    the head's origin projects to  c + offset b / 2.
public struct BoxCorrection: Sendable, Equatable {
  /// How much larger than L the box's width is at the depth of the head's origin.
  public var scale: Double
  /// The origin's place relative to the box's centre, in halves of the box's width.
  public var offset: SIMD2<Double>

  /// L, in metres.
  public static let boxWidth = 0.2

  public init(scale: Double, offset: SIMD2<Double>) {
    self.scale = scale
    self.offset = offset
  }

  /// The correction of a head whose origin is at a place before the camera, in metres.
  public init(
    translation: SIMD3<Double>, centre: SIMD2<Double>, width: Double, camera: Intrinsics
  ) {
    scale = translation.z * width / (Self.boxWidth * camera.focalLength.x)
    offset = 2 / width * (camera.projection(of: translation) - centre)
  }

  /// The head's origin in metres.
  ///
  /// The paper has a camera whose principal point is the image's centre and whose pixels are square; for it
  /// the formula is the paper's.
  public func translation(
    centre: SIMD2<Double>, width: Double, camera: Intrinsics
  ) -> SIMD3<Double> {
    let depth = Self.boxWidth * scale * camera.focalLength.x / width
    let place = centre + width / 2 * offset
    let ray = (place - camera.principalPoint) / camera.focalLength
    return SIMD3(ray.x * depth, ray.y * depth, depth)
  }
}
