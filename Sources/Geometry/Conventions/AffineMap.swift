/// `rows · X + translation`, where the rows need not form a rotation.
public struct AffineMap: Sendable {
  /// The matrix's three rows.
  public var rows: (SIMD3<Double>, SIMD3<Double>, SIMD3<Double>)
  /// In the unit of the points.
  public var translation: SIMD3<Double>

  /// What a `RowTransform`'s sixteen numbers do to object points in its own axes. The result is in canonical
  /// camera axes.
  ///
  /// The numbers are kept to the last bit, while `RowTransform` takes the nearest rotation.
  ///
  /// - Parameters:
  ///   - n: the 4 x 4 matrix row by row.
  ///   - axes: which way the axes of the numbers point.
  public init(rowTransform n: [Double], axes: RowTransform.Axes) {
    precondition(n.count == 16, "a row transform has 4 x 4 numbers")
    // Row i comes from column i of the matrix.
    let (x, y, z) = (SIMD3(n[0], n[4], n[8]), SIMD3(n[1], n[5], n[9]), SIMD3(n[2], n[6], n[10]))
    switch axes {
    case .openCV:
      (rows, translation) = ((x, y, z), SIMD3(n[12], n[13], n[14]))
    case .openGL:
      (rows, translation) = ((x, -y, -z), SIMD3(n[12], -n[13], -n[14]))
    }
  }

  /// The point in camera axes: `rows · point + translation`.
  @inline(__always)
  public func applied(to point: SIMD3<Double>) -> SIMD3<Double> {
    SIMD3(dot(rows.0, point), dot(rows.1, point), dot(rows.2, point)) + translation
  }
}
