/// How SciPy's `Rotation.from_matrix` turns a matrix that is not a rotation into one. img2pose's sheared matrices
/// need this, and which rule its labels follow depends on the SciPy version that made them (FORMATS §8).
public enum RotationRule: String, Sendable, CaseIterable {
  /// The nearest rotation, the orthogonal polar factor: SciPy since 1.15.2.
  case procrustes
  /// The quaternion read off around its largest component, then normalised (Markley, J. Guid. Control
  /// Dyn. 31, 2008): SciPy up to 1.15.1, which img2pose's released weights were trained with.
  case markley

  /// The rotation made of a matrix with positive determinant, which is given by its rows.
  public func rotation(
    ofRows a: SIMD3<Double>, _ b: SIMD3<Double>, _ c: SIMD3<Double>
  ) -> Rotation {
    switch self {
    case .procrustes: .polarFactor(ofRows: a, b, c)
    case .markley: Self.markley(a, b, c)
    }
  }

  private static func markley(
    _ a: SIMD3<Double>, _ b: SIMD3<Double>, _ c: SIMD3<Double>
  ) -> Rotation {
    let trace = a.x + b.y + c.z
    // The first of the largest, as by argmax, with the trace last.
    let diagonal = SIMD3(a.x, b.y, c.z)
    var vector: SIMD3<Double>
    var scalar: Double
    if trace > diagonal.max() {
      vector = SIMD3(c.y - b.z, a.z - c.x, b.x - a.y)
      scalar = 1 + trace
    } else if a.x == diagonal.max() {
      vector = SIMD3(1 - trace + 2 * a.x, b.x + a.y, c.x + a.z)
      scalar = c.y - b.z
    } else if b.y == diagonal.max() {
      vector = SIMD3(a.y + b.x, 1 - trace + 2 * b.y, c.y + b.z)
      scalar = a.z - c.x
    } else {
      vector = SIMD3(a.z + c.x, b.z + c.y, 1 - trace + 2 * c.z)
      scalar = b.x - a.y
    }
    let norm = (dot(vector, vector) + scalar * scalar).squareRoot()
    vector /= norm
    scalar /= norm
    return Rotation(quaternion: vector, scalar)
  }
}

extension Rotation {
  /// From a unit quaternion's vector and scalar part.
  init(quaternion v: SIMD3<Double>, _ w: Double) {
    let (x, y, z) = (v.x, v.y, v.z)
    self.init(
      rows: SIMD3(1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)),
      SIMD3(2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)),
      SIMD3(2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)))
  }
}
