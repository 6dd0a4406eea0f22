internal import Geometry

/// `Pose_Para`: the weak-perspective pose of 300W-LP and AFLW2000-3D as the array's numbers (FORMATS
/// §11.3-§11.4; Zhu et al., CVPR 2016), so that angles beyond those a rotation gives back are kept.
///
/// `weakPerspective` is what they mean.
struct PoseParameters: Equatable {
  /// Of `EulerConvention.aflw`.
  var angles: EulerAngles
  /// Pixels from the image's bottom left, counted from 1, y up; z is without effect.
  var offset: SIMD3<Double>
  /// Pixels for each unit of the Basel face model.
  var scale: Double

  /// The size of every image of both datasets, which the lift needs where no image is at hand.
  static let usualSize = 450

  init(angles: EulerAngles, offset: SIMD3<Double>, scale: Double) {
    (self.angles, self.offset, self.scale) = (angles, offset, scale)
  }

  /// - Parameter numbers: the seven of the array, in its order.
  init(_ numbers: [Double]) {
    precondition(numbers.count == 7, "pitch, yaw, roll, three of translation, scale")
    self.init(
      angles: EulerAngles(pitch: numbers[0], yaw: numbers[1], roll: numbers[2]),
      offset: SIMD3(numbers[3], numbers[4], numbers[5]), scale: numbers[6])
  }

  /// nil where there are not seven numbers that a pose may have, the scale above 0.
  init?(checking numbers: [Double]) {
    guard numbers.count == 7, numbers[0..<3].allSatisfy(PlausibleRange.rotation.contains),
      numbers[3..<6].allSatisfy(PlausibleRange.coordinate.contains), numbers[6] > 0,
      PlausibleRange.measure.contains(numbers[6])
    else { return nil }
    self.init(numbers)
  }

  /// The numbers of a pose before a pinhole camera, with a yaw within 90 degrees; z of the offset is 0.
  ///
  /// - Returns: nil where it is not before the camera.
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

  /// The camera of the lift: img2pose's f = w + h.
  static func camera(width: Int, height: Int) -> Intrinsics {
    .widthPlusHeight(width, height)
  }

  /// The same pose before a pinhole camera, in metres.
  ///
  /// - Parameter isEgocentric: whether the rotation is made relative to the camera's axis; else it stays
  ///   that of weak perspective.
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
  /// Whether none exceeds 99 degrees: what img2pose's and Hopenet's tests keep, and 300W-LP's own lists,
  /// of `EulerConvention.aflw` (FORMATS §3.1, §4).
  var isWithin99Degrees: Bool {
    [pitch, yaw, roll].allSatisfy { abs($0) <= 99 * .pi / 180 }
  }
}
