internal import Geometry

/// `Pose_Para`: the weak-perspective pose of 300W-LP and AFLW2000-3D as the numbers of the array (FORMATS
/// §11.3-§11.4; Zhu et al., CVPR 2016). Angles are kept, for a rotation could not give all of them back.
///
/// `weakPerspective` gives their meaning.
struct PoseParameters: Equatable {
  /// In radians, of `EulerConvention.aflw`.
  var angles: EulerAngles
  /// In pixels from the image's bottom left, counted from 1, y up; z has no effect.
  var offset: SIMD3<Double>
  /// In pixels per unit of the Basel face model.
  var scale: Double

  /// The width and height of every image of both datasets. The lift assumes it where no image is at hand.
  static let usualSize = 450

  init(angles: EulerAngles, offset: SIMD3<Double>, scale: Double) {
    (self.angles, self.offset, self.scale) = (angles, offset, scale)
  }

  /// - Parameter numbers: the seven numbers of the array, in its order.
  init(_ numbers: [Double]) {
    precondition(numbers.count == 7, "pitch, yaw, roll, three of translation, scale")
    self.init(
      angles: EulerAngles(pitch: numbers[0], yaw: numbers[1], roll: numbers[2]),
      offset: SIMD3(numbers[3], numbers[4], numbers[5]), scale: numbers[6])
  }

  /// Nil where there are not seven plausible numbers, or the scale is not above 0.
  init?(checking numbers: [Double]) {
    guard numbers.count == 7, numbers[0..<3].allSatisfy(PlausibleRange.rotation.contains),
      numbers[3..<6].allSatisfy(PlausibleRange.coordinate.contains), numbers[6] > 0,
      PlausibleRange.measure.contains(numbers[6])
    else { return nil }
    self.init(numbers)
  }

  /// The numbers of a pose before a pinhole camera. The yaw is within 90 degrees, and the offset's z is 0.
  ///
  /// - Returns: nil where the pose is not before the camera.
  init?(_ extrinsics: Extrinsics, _ camera: Intrinsics, imageHeight: Int, isEgocentric: Bool) {
    guard
      let pose = WeakPerspectivePose(
        extrinsics, in: camera, imageHeight: imageHeight, turnsWithSight: isEgocentric)
    else { return nil }
    self.init(pose.poseParameters)
  }

  var numbers: [Double] {
    [angles.pitch, angles.yaw, angles.roll, offset.x, offset.y, offset.z, scale]
  }

  var weakPerspective: WeakPerspectivePose {
    WeakPerspectivePose(
      rotation: EulerConvention.aflw.rotation(of: angles), offset: offset, scale: scale)
  }

  /// The camera that poses are lifted to: img2pose's f = w + h.
  static func camera(width: Int, height: Int) -> Intrinsics {
    .widthPlusHeight(width, height)
  }

  /// The same pose before a pinhole camera, in metres.
  ///
  /// - Parameter isEgocentric: whether the rotation is made relative to the camera's axis; otherwise it stays
  ///   relative to the line of sight.
  func extrinsics(_ camera: Intrinsics, imageHeight: Int, isEgocentric: Bool) -> Extrinsics {
    weakPerspective.lifted(to: camera, imageHeight: imageHeight, turnsWithSight: isEgocentric)
  }

  /// The pose in the mirrored image (FORMATS §3.3).
  func mirrored(imageWidth: Int) -> PoseParameters {
    PoseParameters(
      angles: EulerConvention.aflw.mirrored(angles),
      offset: SIMD3(Double(imageWidth + 1) - offset.x, offset.y, offset.z), scale: scale)
  }
}

extension EulerAngles {
  /// Whether no angle exceeds 99 degrees, as in the tests of img2pose and Hopenet and in 300W-LP's own lists. The
  /// angles must be those of `EulerConvention.aflw` (FORMATS §3.1, §4).
  var isWithin99Degrees: Bool {
    [pitch, yaw, roll].allSatisfy { abs($0) <= 99 * .pi / 180 }
  }
}
