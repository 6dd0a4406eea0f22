/// `rows · X + translation`, where the rows need not be a rotation's.
public struct AffineMap: Sendable {
  public var rows: (SIMD3<Double>, SIMD3<Double>, SIMD3<Double>)
  public var translation: SIMD3<Double>

  /// What a `RowTransform`'s sixteen numbers do to object points in its own axes, the result in canonical
  /// camera axes: to the last bit, where `RowTransform` takes the nearest rotation.
  public init(rowTransform n: [Double], axes: RowTransform.Axes) {
    precondition(n.count == 16, "a row transform has 4 x 4 numbers")
    // Row i is what column i of the matrix makes of a point.
    let (x, y, z) = (SIMD3(n[0], n[4], n[8]), SIMD3(n[1], n[5], n[9]), SIMD3(n[2], n[6], n[10]))
    switch axes {
    case .openCV:
      (rows, translation) = ((x, y, z), SIMD3(n[12], n[13], n[14]))
    case .openGL:
      (rows, translation) = ((x, -y, -z), SIMD3(n[12], -n[13], -n[14]))
    }
  }

  @inline(__always)
  public func applied(to point: SIMD3<Double>) -> SIMD3<Double> {
    SIMD3(dot(rows.0, point), dot(rows.1, point), dot(rows.2, point)) + translation
  }
}
