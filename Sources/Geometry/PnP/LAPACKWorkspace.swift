internal import CLAPACKE

/// Two of EPnP's decompositions, computed by LAPACK. Its memory is kept from one call to the next.
///
/// Matrices must be finite: LAPACK defines nothing for NaN, and its iterations may never end on it.
struct LAPACKWorkspace {
  private var matrix = [Double](repeating: 0, count: 30)
  private var values = [Double](repeating: 0, count: 5)
  private var left = [Double](repeating: 0, count: 9)
  private var right = [Double](repeating: 0, count: 9)
  private var rightHandSide = [Double](repeating: 0, count: 6)
  /// Room for the blocked algorithms.
  private var work = [Double](repeating: 0, count: 400)

  /// The x of least length that minimises ‖A x − b‖, by A's SVD.
  ///
  /// - Parameters:
  ///   - columns: A's columns, at most five, whose lanes 0-5 are the six rows.
  ///   - rightHandSide: b in lanes 0-5.
  /// - Returns: x, with zeros after A's columns; nil where A or b is not finite or the iteration does
  ///   not converge.
  mutating func leastSquares(columns: [SIMD8<Double>], rightHandSide b: SIMD8<Double>) -> SIMD8<
    Double
  >? {
    for (j, column) in columns.enumerated() {
      for i in 0..<6 { matrix[6 * j + i] = column[i] }
    }
    for i in 0..<6 { rightHandSide[i] = b[i] }
    guard matrix.prefix(6 * columns.count).allSatisfy(\.isFinite),
      rightHandSide.allSatisfy(\.isFinite)
    else { return nil }
    var rank: CInt = 0
    let code = LAPACKE_dgelss_work(
      CInt(LAPACK_COLUMN_MAJOR), 6, CInt(columns.count), 1, &matrix, 6, &rightHandSide, 6, &values,
      2 * Double.ulpOfOne, &rank, &work, CInt(work.count))
    guard code == 0 else { return nil }
    var solution = SIMD8<Double>.zero
    for i in 0..<columns.count { solution[i] = rightHandSide[i] }
    return solution
  }

  /// U Vᵀ of the SVD U S Vᵀ of a 3x3 matrix given by its rows: the nearest orthogonal matrix, which
  /// may be a reflection.
  ///
  /// - Returns: the rows; nil where the matrix is not finite or the iteration does not converge.
  mutating func orthogonalFactor(
    ofRows rows: (SIMD3<Double>, SIMD3<Double>, SIMD3<Double>)
  ) -> (SIMD3<Double>, SIMD3<Double>, SIMD3<Double>)? {
    for i in 0..<3 {
      matrix[3 * i] = rows.0[i]
      matrix[3 * i + 1] = rows.1[i]
      matrix[3 * i + 2] = rows.2[i]
    }
    guard matrix.prefix(9).allSatisfy(\.isFinite) else { return nil }
    let code = LAPACKE_dgesvd_work(
      CInt(LAPACK_COLUMN_MAJOR), letter("A"), letter("A"), 3, 3, &matrix, 3, &values, &left, 3,
      &right, 3, &work, CInt(work.count))
    guard code == 0 else { return nil }
    // Column k of the stored Vᵀ holds entry k of each right vector.
    func row(_ i: Int) -> SIMD3<Double> {
      var sum = SIMD3<Double>.zero
      for k in 0..<3 {
        sum += left[3 * k + i] * SIMD3(right[k], right[3 + k], right[6 + k])
      }
      return sum
    }
    return (row(0), row(1), row(2))
  }

  private func letter(_ character: Unicode.Scalar) -> CChar {
    CChar(truncatingIfNeeded: character.value)
  }
}
