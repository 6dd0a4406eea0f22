internal import Foundation
internal import Geometry

/// `Pose_Para`: the weak-perspective pose of 300W-LP and AFLW2000-3D (FORMATS §11.3-§11.4; Zhu et al.,
/// CVPR 2016).
///
/// With S a point of the Basel face model in its own unit (1e-6 m) and canonical axes, and h the
/// image's height, the 0-based pixel of S is
///
///     u = scale (R S).x + translation.x - 1        R = Rx(-pitch) Ry(yaw) Rz(roll)
///     v = scale (R S).y + h - translation.y
///
/// for MATLAB counts pixels from 1 and the model's own y points up.
struct PoseParameters: Equatable {
  /// Radians; positive where the face looks up.
  var pitch: Double
  /// Radians; positive where the face looks to the image's left.
  var yaw: Double
  /// Radians; positive clockwise in the image.
  var roll: Double
  /// Pixels from the image's bottom left, counted from 1, y up; z is without effect.
  var translation: SIMD3<Double>
  /// Pixels for each unit of the Basel face model.
  var scale: Double

  /// Metres in the Basel face model's unit of length.
  static let unitInMetres = 1e-6

  /// The size of every image of both datasets, which the lift needs where no image is at hand.
  static let usualSize = 450

  init(
    pitch: Double, yaw: Double, roll: Double, translation: SIMD3<Double>, scale: Double
  ) {
    (self.pitch, self.yaw, self.roll) = (pitch, yaw, roll)
    (self.translation, self.scale) = (translation, scale)
  }

  /// - Parameter numbers: the seven of the array, in its order.
  init(_ numbers: [Double]) {
    precondition(numbers.count == 7, "pitch, yaw, roll, three of translation, scale")
    self.init(
      pitch: numbers[0], yaw: numbers[1], roll: numbers[2],
      translation: SIMD3(numbers[3], numbers[4], numbers[5]), scale: numbers[6])
  }

  var numbers: [Double] {
    [pitch, yaw, roll, translation.x, translation.y, translation.z, scale]
  }

  /// Object to camera axes, canonical.
  var rotation: Rotation {
    Rotation(rotationVector: [-pitch, 0, 0]) * Rotation(rotationVector: [0, yaw, 0])
      * Rotation(rotationVector: [0, 0, roll])
  }

  /// Whether no angle exceeds 99 degrees: what img2pose's and Hopenet's tests keep, and 300W-LP's
  /// own lists (FORMATS §3.1, §4).
  var isWithin99Degrees: Bool {
    [pitch, yaw, roll].allSatisfy { abs($0) <= 99 * .pi / 180 }
  }

  /// The camera of the lift: img2pose's f = w + h.
  static func camera(width: Int, height: Int) -> Intrinsics {
    .widthPlusHeight(width, height)
  }

  /// The same pose before a pinhole camera, in metres, exact in the plane through the model's origin
  /// that faces the camera (FORMATS §11.4). The rotation stays that of weak perspective.
  func extrinsics(_ camera: Intrinsics, imageHeight: Int) -> Extrinsics {
    let depth = camera.focalLength.x * Self.unitInMetres / scale
    let pixel = SIMD2(translation.x - 1, Double(imageHeight) - translation.y)
    let ray = (pixel - camera.principalPoint) / camera.focalLength
    return Extrinsics(rotation: rotation, translation: depth * SIMD3(ray.x, ray.y, 1))
  }

  /// The opposite of `extrinsics(_:imageHeight:)`; z of the translation is 0, for it has no effect.
  ///
  /// The angles are those with a yaw within 90 degrees.
  init(_ extrinsics: Extrinsics, _ camera: Intrinsics, imageHeight: Int) {
    let (first, second, third) = extrinsics.rotation.rows
    let pixel = camera.projection(of: extrinsics.translation)
    self.init(
      pitch: atan2(second.z, third.z), yaw: atan2(first.z, (hypot(first.x, first.y))),
      roll: atan2(-first.y, first.x),
      translation: SIMD3(pixel.x + 1, Double(imageHeight) - pixel.y, 0),
      scale: camera.focalLength.x * Self.unitInMetres / extrinsics.translation.z)
  }

  /// Where points of a model in metres appear: 0-based pixels, and depth towards the viewer in pixels.
  func pixels(of model: [SIMD3<Double>], imageHeight: Int) -> [SIMD3<Double>] {
    let rotation = rotation
    return model.map { point in
      let turned = scale / Self.unitInMetres * (rotation * point)
      return SIMD3(
        turned.x + translation.x - 1, turned.y + Double(imageHeight) - translation.y,
        translation.z - turned.z)
    }
  }

  /// The pose in the mirrored image (FORMATS §3.3).
  func mirrored(imageWidth: Int) -> PoseParameters {
    var result = self
    (result.yaw, result.roll) = (-yaw, -roll)
    result.translation.x = Double(imageWidth + 1) - translation.x
    return result
  }
}
