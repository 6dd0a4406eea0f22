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

extension ImageReference {
  /// Width and height in pixels; nil where the record does not have both.
  var size: SIMD2<Int>? { width.flatMap { width in height.map { SIMD2(width, $0) } } }
}
