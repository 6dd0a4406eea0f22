/// Three equations A x = b with a symmetric A, as sums of squares give them.
public struct SymmetricSystem: Sendable {
  /// A as xx, xy, xz, yy, yz, zz.
  var moments: InlineArray<6, Double> = .init(repeating: 0)
  /// b.
  var right = SIMD3<Double>.zero

  /// Zero on both sides.
  public init() {}

  init(moments: InlineArray<6, Double>, right: SIMD3<Double>) {
    (self.moments, self.right) = (moments, right)
  }

  /// A v.
  static func product(_ m: InlineArray<6, Double>, _ v: SIMD3<Double>) -> SIMD3<Double> {
    SIMD3(
      m[0] * v.x + m[1] * v.y + m[2] * v.z, m[1] * v.x + m[3] * v.y + m[4] * v.z,
      m[2] * v.x + m[4] * v.y + m[5] * v.z)
  }

  /// Adds row · x = value to what x fits by least squares.
  public mutating func add(_ row: SIMD3<Double>, equals value: Double, weight: Double) {
    let (first, second) = (weight * row.x * row, weight * row.y * row)
    moments[0] += first.x
    moments[1] += first.y
    moments[2] += first.z
    moments[3] += second.y
    moments[4] += second.z
    moments[5] += weight * row.z * row.z
    right += weight * value * row
  }

  /// Adds both sides of another.
  public static func += (left: inout Self, other: Self) {
    for k in 0..<6 { left.moments[k] += other.moments[k] }
    left.right += other.right
  }

  /// x; nil where a direction is left open.
  public var solution: SIMD3<Double>? {
    let m = moments
    let (first, second, third) = (
      SIMD3(m[0], m[1], m[2]), SIMD3(m[1], m[3], m[4]), SIMD3(m[2], m[4], m[5])
    )
    let determinant = dot(first, cross(second, third))
    let scale = (m[0] + m[3] + m[5]) / 3
    // For a mean face, a thousandth of a degree of turning would leave a billionth of it.
    guard determinant > 1e-10 * scale * scale * scale else { return nil }
    return SIMD3(
      dot(cross(second, third), right), dot(cross(third, first), right),
      dot(cross(first, second), right)) / determinant
  }
}
