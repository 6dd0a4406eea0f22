internal import Geometry
internal import Glibc

/// The angle between two rotations in degrees, as arccos((tr(A Bᵀ) − 1) / 2). FORMATS §12.2.
/// `Rotation.angle(to:)` is the same, without the digits that the arc cosine loses.
enum GeodesicError {
  /// TRG clips the cosine to ±(1 − 1e-7), so no error is below 0.0256° or above 179.9744°.
  static let trgLimit = 1 - 1e-7

  /// PerspNet divides each matrix by the cube root of its determinant, and clips the cosine to ±1.
  static func perspNet(_ a: Rotation, _ b: Rotation) -> Double {
    let scale = cbrt(determinant(a)) * cbrt(determinant(b))
    return degrees(trace(a, b) / scale, limit: 1)
  }

  /// What PerspNet calls the IoU of two poses: the difference of their matrices' scales, divided by the true one.
  static func scaleDifference(_ a: Rotation, _ truth: Rotation) -> Double {
    let scale = cbrt(determinant(truth))
    return (cbrt(determinant(a)) - scale).magnitude / scale
  }

  static func trg(_ a: Rotation, _ b: Rotation) -> Double {
    degrees(trace(a, b), limit: trgLimit)
  }

  private static func degrees(_ trace: Double, limit: Double) -> Double {
    acos(min(max((trace - 1) / 2, -limit), limit)) * 180 / .pi
  }

  /// tr(A Bᵀ), the sum of the products of corresponding entries.
  private static func trace(_ a: Rotation, _ b: Rotation) -> Double {
    dot(a.rows.0, b.rows.0) + dot(a.rows.1, b.rows.1) + dot(a.rows.2, b.rows.2)
  }

  private static func determinant(_ a: Rotation) -> Double {
    dot(a.rows.0, cross(a.rows.1, a.rows.2))
  }
}
