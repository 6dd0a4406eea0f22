/// A pose under scaled orthography, as 300W-LP and AFLW2000-3D give it in `Pose_Para` and as 3DDFA fits
/// it (FORMATS §11.4; Zhu et al., CVPR 2016).
///
/// A point S of the BFM (micrometres, y up, z toward the viewer) appears at
///
///     u = scale (R X)_x + t3dx − 1,    v = scale (R X)_y + imageHeight − t3dy,    X = F S
///
/// in 0-based pixels. The source counts pixels from 1 and rows from below.
public struct WeakPerspectivePose: Sendable, Equatable {
  /// Canonical, but relative to the line of sight and not to a camera's axis.
  public var rotation: Rotation
  /// t3d in the source's pixels. Its z has no effect on the image.
  public var offset: SIMD3<Double>
  /// Pixels per unit of the BFM.
  public var scale: Double

  /// The length of a unit of the BFM in metres.
  public static let metresPerUnit = 1e-6

  /// From its parts; nothing is checked.
  public init(rotation: Rotation, offset: SIMD3<Double>, scale: Double) {
    self.rotation = rotation
    self.offset = offset
    self.scale = scale
  }

  /// From `Pose_Para`: pitch, yaw, roll in radians (`EulerConvention.aflw`), t3d x, y, z, and the scale.
  ///
  /// - Returns: nil where there are not seven finite numbers or the scale is not positive.
  public init?(poseParameters numbers: some Collection<Double>) {
    let n = Array(numbers)
    guard n.count == 7, n.allSatisfy(\.isFinite), n[6] > 0 else { return nil }
    self.init(
      rotation: EulerConvention.aflw.rotation(
        of: EulerAngles(pitch: n[0], yaw: n[1], roll: n[2])),
      offset: SIMD3(n[3], n[4], n[5]), scale: n[6])
  }

  /// The seven numbers of `Pose_Para`, angles in radians.
  public var poseParameters: [Double] {
    let angles = EulerConvention.aflw.angles(of: rotation)
    return [angles.pitch, angles.yaw, angles.roll, offset.x, offset.y, offset.z, scale]
  }

  /// Where a canonical object point in metres appears, in 0-based pixels.
  ///
  /// - Parameters:
  ///   - point: in the object's axes, in metres.
  ///   - imageHeight: in pixels.
  public func projection(of point: SIMD3<Double>, imageHeight: Int) -> SIMD2<Double> {
    let turned = (scale / Self.metresPerUnit) * (rotation * point)
    return SIMD2(turned.x + offset.x - 1, turned.y + Double(imageHeight) - offset.y)
  }

  /// The pose in a pinhole camera that shows the object's origin in the same place, and what lies at the origin's
  /// depth in the same size. In metres.
  ///
  /// This is an approximation: the face's depth matters here, and does not under scaled orthography.
  /// - Parameters:
  ///   - camera: the image's, in pixels.
  ///   - imageHeight: in pixels.
  ///   - turnsWithSight: whether the rotation, which is relative to the line of sight, is made relative to the camera's
  ///     axis (`Extrinsics.egocentric`). img2pose does not do this. On 17 real samples, doing it halves the difference
  ///     to a fitted pose (FORMATS §11.5).
  public func lifted(
    to camera: Intrinsics, imageHeight: Int, turnsWithSight: Bool = false
  ) -> Extrinsics {
    let depth = camera.focalLength.x * Self.metresPerUnit / scale
    let origin = projection(of: .zero, imageHeight: imageHeight)
    let place = (origin - camera.principalPoint) / camera.focalLength * depth
    let pose = Extrinsics(
      rotation: rotation, translation: SIMD3(place.x, place.y, depth))
    return turnsWithSight ? pose.egocentric : pose
  }

  /// The inverse of `lifted`.
  ///
  /// - Returns: nil where the pose is not in front of the camera.
  /// - Parameters:
  ///   - pose: in metres.
  ///   - camera: the image's, in pixels.
  ///   - imageHeight: in pixels.
  ///   - depthOffset: t3d's z, which a pose cannot tell.
  ///   - turnsWithSight: as in `lifted`.
  public init?(
    _ pose: Extrinsics, in camera: Intrinsics, imageHeight: Int, depthOffset: Double = 0,
    turnsWithSight: Bool = false
  ) {
    guard pose.translation.z > 0 else { return nil }
    let origin = camera.projection(of: pose.translation)
    self.init(
      rotation: turnsWithSight ? pose.allocentric.rotation : pose.rotation,
      offset: SIMD3(origin.x + 1, Double(imageHeight) - origin.y, depthOffset),
      scale: camera.focalLength.x * Self.metresPerUnit / pose.translation.z)
  }
}
