internal import Geometry
internal import TestSupport

/// The shapes that geometry tests draw from a stream of random numbers.
extension SeededRandom {
  mutating func vector(_ range: ClosedRange<Double>) -> SIMD3<Double> {
    SIMD3(uniform(range), uniform(range), uniform(range))
  }

  /// A direction, uniform over the sphere.
  mutating func direction() -> SIMD3<Double> {
    while true {
      let candidate = vector(-1...1)
      let size = length(candidate)
      if size > 0.1, size <= 1 { return candidate / size }
    }
  }

  mutating func rotation(angle: ClosedRange<Double> = 0...Double.pi) -> Rotation {
    Rotation(rotationVector: uniform(angle) * direction())
  }
}

/// The largest difference of two matrices' entries.
func distance(_ a: Rotation, _ b: Rotation) -> Double {
  let differences = [a.rows.0 - b.rows.0, a.rows.1 - b.rows.1, a.rows.2 - b.rows.2]
  return differences.map { max(abs($0.x), abs($0.y), abs($0.z)) }.reduce(0, max)
}

/// How far a matrix is from being a rotation: from RᵀR = 1 and from det R = 1.
func defect(_ matrix: Rotation) -> Double {
  let determinant = dot(matrix.rows.0, cross(matrix.rows.1, matrix.rows.2))
  return max(distance(matrix.transpose * matrix, .identity), abs(determinant - 1))
}
