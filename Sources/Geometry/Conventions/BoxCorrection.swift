/// TRG's correction of a box (Chun and Chang, "6DoF Head Pose Estimation through Explicit Bidirectional
/// Interaction with Face Geometry", ECCV 2024): it says in three numbers where a head is relative to its square
/// crop. They do not depend on the focal length (FORMATS §13.2).
///
/// With the box's centre c and width b in pixels, and the length L = 0.2 m that the box is assumed to show,
///
///     tz = L scale f / b,    the head's origin projects to  c + offset b / 2.
public struct BoxCorrection: Sendable, Equatable {
  /// The width that the box spans at the depth of the head's origin, divided by L.
  public var scale: Double
  /// Where the head's origin appears relative to the box's centre, in halves of the box's width; x to the right,
  /// y down.
  public var offset: SIMD2<Double>

  /// L, in metres.
  public static let boxWidth = 0.2

  /// From the network's three numbers.
  public init(scale: Double, offset: SIMD2<Double>) {
    self.scale = scale
    self.offset = offset
  }

  /// The correction of a head whose origin is at a place in front of the camera.
  ///
  /// - Parameters:
  ///   - translation: the head's origin in camera axes, in metres.
  ///   - centre: the box's centre in pixels.
  ///   - width: the box's side in pixels.
  ///   - camera: the image's.
  public init(
    translation: SIMD3<Double>, centre: SIMD2<Double>, width: Double, camera: Intrinsics
  ) {
    scale = translation.z * width / (Self.boxWidth * camera.focalLength.x)
    offset = 2 / width * (camera.projection(of: translation) - centre)
  }

  /// The head's origin in camera axes, in metres.
  ///
  /// The paper assumes square pixels and a principal point at the image's centre. For such a camera this is the
  /// paper's formula.
  /// - Parameters:
  ///   - centre: the box's centre in pixels.
  ///   - width: the box's side in pixels.
  ///   - camera: the image's.
  public func translation(
    centre: SIMD2<Double>, width: Double, camera: Intrinsics
  ) -> SIMD3<Double> {
    let depth = Self.boxWidth * scale * camera.focalLength.x / width
    let place = centre + width / 2 * offset
    let ray = (place - camera.principalPoint) / camera.focalLength
    return SIMD3(ray.x * depth, ray.y * depth, depth)
  }
}
