/// The Gauss-Newton normal equations JᵀJ · δ = −Jᵀr of a pose update δ.
///
/// δ holds a rotation vector about the camera axes in lanes 0-2 and a translation in 3-5; lanes 6
/// and 7 pad a row to a SIMD width.
struct NormalEquations {
  typealias Row = SIMD8<Double>
  var information: InlineArray<6, Row> = .init(repeating: .zero)
  var gradient = Row.zero

  @inline(__always)
  mutating func add(_ jacobian: Row, residual: Double) {
    for i in 0..<6 { information[i] += jacobian[i] * jacobian }
    gradient += residual * jacobian
  }

  /// The step of Levenberg and Marquardt, with `damping` in fractions of the diagonal, by a Cholesky
  /// factorisation; nil where the damped matrix is not positive definite.
  func step(damping: Double) -> Row? {
    var lower: InlineArray<6, Row> = .init(repeating: .zero)
    for i in 0..<6 {
      for j in 0...i {
        var sum = information[i][j]
        if i == j { sum += damping * sum }
        for k in 0..<j { sum -= lower[i][k] * lower[j][k] }
        if i == j {
          guard sum > 0 else { return nil }
          lower[i][i] = sum.squareRoot()
        } else {
          lower[i][j] = sum / lower[j][j]
        }
      }
    }
    var step = Row.zero
    for i in 0..<6 {
      var sum = -gradient[i]
      for k in 0..<i { sum -= lower[i][k] * step[k] }
      step[i] = sum / lower[i][i]
    }
    for i in (0..<6).reversed() {
      var sum = step[i]
      for k in (i + 1)..<6 { sum -= lower[k][i] * step[k] }
      step[i] = sum / lower[i][i]
    }
    return step
  }

  /// By how much the sum of squares falls along a step if the residuals are linear.
  func predictedGain(of step: Row) -> Double {
    var curvature = Row.zero
    for i in 0..<6 { curvature += step[i] * information[i] }
    return -(step * (2 * gradient + curvature)).sum()
  }
}
