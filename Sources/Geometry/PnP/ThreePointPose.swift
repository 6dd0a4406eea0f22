/// The poses, up to four, that show three points in given directions (Grunert's method, as in Haralick, Lee,
/// Ottenberg and Nölle, "Review and Analysis of Solutions of the Three Point Perspective Pose Estimation
/// Problem", IJCV 13, 1994).
///
/// Let the points' distances from the camera be s, u s and v s. With the angles between the directions, the law
/// of cosines gives three equations. One combination is linear in u. Eliminating u leaves a quartic in v, whose
/// roots are found as sign changes.
enum ThreePointPose {
  typealias Triple = (SIMD3<Double>, SIMD3<Double>, SIMD3<Double>)

  /// The range of v in which roots are looked for.
  private static let ratios = 1e-3...1e3

  /// - Parameters:
  ///   - points: in the object's axes.
  ///   - rays: their directions from the camera, of length 1.
  /// - Returns: empty where the points or the directions lie in a line.
  static func poses(of points: Triple, along rays: Triple) -> [Extrinsics] {
    let (a, b, c) = (
      square(points.1 - points.2), square(points.0 - points.2), square(points.0 - points.1)
    )
    guard let object = Frame(points), b > 0 else { return [] }
    let (cosA, cosB, cosC) = (dot(rays.1, rays.2), dot(rays.0, rays.2), dot(rays.0, rays.1))
    let k = (a - c) / b
    // u = numerator / denominator.
    let numerator = Polynomial([k + 1, -2 * k * cosB, k - 1])
    let denominator = Polynomial([2 * cosC, -2 * cosA])
    let side = Polynomial([1, -2 * cosB, 1])
    let rest = Polynomial([1]) + (-c / b) * side
    let quartic =
      numerator * numerator + (-2 * cosC) * (numerator * denominator)
      + denominator * denominator * rest
    return quartic.signChanges(in: ratios).compactMap { v in
      let (u, square) = (numerator(v) / denominator(v), b / side(v))
      guard u.isFinite, u > 0, square > 0 else { return nil }
      let s = square.squareRoot()
      guard let seen = Frame((s * rays.0, s * u * rays.1, s * v * rays.2)) else { return nil }
      let rotation = seen.axes.transpose * object.axes
      return Extrinsics(
        rotation: rotation, translation: seen.origin - rotation * object.origin)
    }
  }

  private static func square(_ vector: SIMD3<Double>) -> Double { dot(vector, vector) }

  /// The axes of a triangle: along its first side, in its plane, and perpendicular to it.
  private struct Frame {
    let origin: SIMD3<Double>
    /// Turns vectors into these axes.
    let axes: Rotation

    init?(_ points: Triple) {
      let (first, second) = (points.1 - points.0, points.2 - points.0)
      let normal = cross(first, second)
      guard length(normal) > 1e-9 * length(first) * length(second) else { return nil }
      let (x, z) = (first / length(first), normal / length(normal))
      origin = points.0
      axes = Rotation(rows: x, cross(z, x), z)
    }
  }
}
