internal import Geometry
internal import Labelling
internal import Schema
internal import Shards

/// Landmarks that records lack and that are stored as the pose projects them.
struct CompletedLandmarks: Sendable {
  var faces = 0
  var points = 0

  static func += (sum: inout Self, other: Self) {
    sum.faces += other.faces
    sum.points += other.points
  }
}

extension LeftOut {
  init(_ refusal: Img2PoseTarget.Refusal) {
    self =
      switch refusal {
      case .missingPoints: .posesWithMissingPoints
      case .outsideImage: .posesOutsideTheImage
      }
  }
}

extension Img2PoseTargets {
  /// What a layout is given of a record's face.
  ///
  /// - Parameter note: is told of all that is stored, and why a pose is not.
  mutating func stored(
    _ face: Face, _ box: IntegerBox, _ camera: Intrinsics, in image: ImageReference,
    note: (Img2PoseTarget) -> Void
  ) -> (pose: CropPose?, landmarks: Landmarks?) {
    let size = image.width.flatMap { width in image.height.map { SIMD2(width, $0) } }
    let target = target(of: face, box: box, camera: camera, imageSize: size)
    note(target)
    return (target.pose, target.landmarks)
  }
}
