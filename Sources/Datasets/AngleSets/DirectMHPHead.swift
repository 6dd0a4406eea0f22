internal import Geometry
internal import Schema

/// A face in the terms of DirectMHP.
struct DirectMHPHead {
  /// In pixels, within the image.
  private let box: BoundingBox
  /// In radians: pitch and roll within ±90°, yaw within ±180°.
  private let angles: EulerAngles
  /// All 68 in pixels; nil where there are others, or fewer.
  private let points: [SIMD2<Double>]?

  /// Why a face has no such terms, in the plural.
  struct Reason: Error { var text: String }

  /// - Parameter imageSize: width and height in pixels.
  static func of(_ face: Face, imageSize: SIMD2<Int>) -> Result<DirectMHPHead, Reason> {
    guard let pose = face.pose else { return .failure(Reason(text: "faces without a pose")) }
    let limit = SIMD2<Double>(imageSize)
    let box = BoundingBox(
      left: max(face.box.left, 0), top: max(face.box.top, 0), right: min(face.box.right, limit.x),
      bottom: min(face.box.bottom, limit.y))
    guard !box.isDegenerate else {
      return .failure(Reason(text: "faces whose box has no area in the image"))
    }
    guard
      let angles = EulerConvention.aflw.angles(of: pose.rotation).withinHalfTurns
    else {
      return .failure(Reason(text: "faces with a pitch or roll beyond 90 degrees"))
    }
    return .success(
      DirectMHPHead(box: box, angles: angles, points: face.landmarks?.sixtyEightPoints))
  }

  /// A line of YOLO's labels, which its reader wants without negative numbers.
  func label(imageSize: SIMD2<Int>) -> String {
    let (width, height) = (Double(imageSize.x), Double(imageSize.y))
    let degrees = angles.inDegrees
    let numbers = [
      (box.left + box.width / 2) / width, (box.top + box.height / 2) / height, box.width / width,
      box.height / height, degrees.pitch / 180 + 0.5, degrees.yaw / 360 + 0.5,
      degrees.roll / 180 + 0.5,
    ]
    return "0 " + numbers.map { $0.printed("%.6f") }.joined(separator: " ") + "\n"
  }

  func write(to writer: inout JSONWriter, id: Int, image: Int) {
    let degrees = angles.inDegrees
    writer.object {
      if let points {
        $0.key("face2d_pts")
        $0.array {
          $0.array { for point in points { $0.value(point.x) } }
          $0.array { for point in points { $0.value(point.y) } }
        }
      }
      $0.key("bbox")
      $0.array { for side in [box.left, box.top, box.width, box.height] { $0.value(side) } }
      $0.key("euler_angles")
      $0.array { for angle in [degrees.pitch, degrees.yaw, degrees.roll] { $0.value(angle) } }
      $0.key("image_id")
      $0.value(image)
      $0.key("id")
      $0.value(id)
      $0.key("category_id")
      $0.value(1)
      $0.key("iscrowd")
      $0.value(0)
      $0.key("segmentation")
      $0.array { _ in }
      $0.key("area")
      $0.value(box.width * box.height)
    }
  }
}

extension EulerAngles {
  /// The one of the two triples of a rotation, (p, y, r) and (p ± 180°, 180° - y, r ± 180°), that has pitch and roll
  /// within ±90°, and yaw within ±180°; nil where neither has. The angles are those of `EulerConvention.aflw`.
  var withinHalfTurns: EulerAngles? {
    func wrapped(_ angle: Double) -> Double { angle > .pi ? angle - 2 * .pi : angle }
    let other = EulerAngles(
      pitch: wrapped(pitch + .pi), yaw: wrapped(.pi - yaw), roll: wrapped(roll + .pi))
    return [self, other].first { max(abs($0.pitch), abs($0.roll)) <= .pi / 2 }
  }
}
