internal import Geometry

/// How well the boxes and landmarks of two faces agree.
enum Agreement {
  /// Intersection over union; 0 where a box has no area.
  static func overlap(_ a: BoundingBox, _ b: BoundingBox) -> Double {
    guard !a.isDegenerate, !b.isDegenerate else { return 0 }
    let width = max(0, min(a.right, b.right) - max(a.left, b.left))
    let height = max(0, min(a.bottom, b.bottom) - max(a.top, b.top))
    let common = width * height
    return common / (a.width * a.height + b.width * b.height - common)
  }

  /// Whether the boxes overlap by more than `limit`, or one's centre is inside the other.
  static func touch(_ a: BoundingBox, _ b: BoundingBox, limit: Double) -> Bool {
    func contains(_ box: BoundingBox, _ p: SIMD2<Double>) -> Bool {
      p.x >= box.left && p.x <= box.right && p.y >= box.top && p.y <= box.bottom
    }
    return overlap(a, b) > limit || contains(a, b.centre) || contains(b, a.centre)
  }

  /// The mean distance of the points that both have, divided by the predicted face's size; nil where they share
  /// fewer than three points.
  static func error(
    of points: [SIMD2<Double>?]?, to prediction: FaceView
  ) -> Double? {
    let differences = differences(of: points, to: prediction)
    guard differences.count >= 3, prediction.size > 0 else { return nil }
    let sum = differences.reduce(0) { $0 + ($1 * $1).sum().squareRoot() }
    return sum / Double(differences.count) / prediction.size
  }

  /// The mean difference of the points that both have, in pixels; nil where they share fewer than three points.
  static func shift(of points: [SIMD2<Double>?]?, to prediction: FaceView) -> SIMD2<Double>? {
    let differences = differences(of: points, to: prediction)
    guard differences.count >= 3 else { return nil }
    return differences.reduce(SIMD2.zero, +) / Double(differences.count)
  }

  private static func differences(
    of points: [SIMD2<Double>?]?, to prediction: FaceView
  ) -> [SIMD2<Double>] {
    guard let points, let predicted = prediction.points else { return [] }
    return zip(points, predicted).compactMap { a, b in
      if let a, let b { a - b } else { nil }
    }
  }
}
