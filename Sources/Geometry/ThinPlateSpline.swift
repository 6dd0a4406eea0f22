internal import Glibc

/// The smoothest map of a plane that takes given points to given values: a thin plate spline without smoothing
/// (Bookstein, PAMI 1989).
///
/// f(p) = a + B p + sum of w_i U(|p - p_i|), U(r) = r² log r, with sum w_i = 0 and sum w_i p_i = 0.
public struct ThinPlateSpline: Sendable {
  private let points: [SIMD2<Double>]
  /// The weights of the points, then a and the columns of B.
  private let weights: [SIMD2<Double>]

  /// - Parameters:
  ///   - points: at least three, which do not lie on a line, and no two of them equal.
  ///   - values: as many as points.
  /// - Returns: nil where the points are none that decide a map.
  public init?(points: [SIMD2<Double>], values: [SIMD2<Double>]) {
    precondition(points.count == values.count, "a value for each point")
    let count = points.count
    var rows = [[Double]](
      repeating: Array(repeating: 0, count: count + 5), count: count + 3)
    for i in 0..<count {
      for j in 0..<count { rows[i][j] = Self.bend(points[i] - points[j]) }
      let (x, y) = (points[i].x, points[i].y)
      (rows[i][count], rows[i][count + 1], rows[i][count + 2]) = (1, x, y)
      (rows[count][i], rows[count + 1][i], rows[count + 2][i]) = (1, x, y)
      (rows[i][count + 3], rows[i][count + 4]) = (values[i].x, values[i].y)
    }
    guard let solved = Self.solution(of: &rows) else { return nil }
    (self.points, weights) = (points, solved)
  }

  /// The value at a point.
  public func value(at point: SIMD2<Double>) -> SIMD2<Double> {
    let count = points.count
    var sum = weights[count] + point.x * weights[count + 1] + point.y * weights[count + 2]
    for i in 0..<count { sum += Self.bend(point - points[i]) * weights[i] }
    return sum
  }

  /// r² log r.
  private static func bend(_ offset: SIMD2<Double>) -> Double {
    let square = (offset * offset).sum()
    return square > 0 ? square * log(square) / 2 : 0
  }

  /// Gauss's elimination with pivots. The last two columns are the right sides.
  private static func solution(of rows: inout [[Double]]) -> [SIMD2<Double>]? {
    let count = rows.count
    for column in 0..<count {
      let pivot = (column..<count).max { abs(rows[$0][column]) < abs(rows[$1][column]) } ?? column
      guard abs(rows[pivot][column]) > 1e-12 else { return nil }
      rows.swapAt(pivot, column)
      for row in column + 1..<count {
        let factor = rows[row][column] / rows[column][column]
        guard factor != 0 else { continue }
        for i in column..<count + 2 { rows[row][i] -= factor * rows[column][i] }
      }
    }
    var solution = [SIMD2<Double>](repeating: .zero, count: count)
    for row in (0..<count).reversed() {
      var rest = SIMD2(rows[row][count], rows[row][count + 1])
      for i in row + 1..<count { rest -= rows[row][i] * solution[i] }
      solution[row] = rest / rows[row][row]
    }
    return solution
  }
}
