/// EPnP's four control points: the object points' centroid c₀ and a point one standard deviation from
/// it along each principal axis, longest axis first.
///
/// Their *signs* and last bits matter: with five noisy points the basis of the null space depends on them. So
/// sums run in OpenCV's order.
struct EPnPControlPoints {
  /// The control points in object axes.
  private(set) var positions: InlineArray<4, SIMD3<Double>>
  /// The rows of the matrix that turns a point relative to the centroid into its weights of control points 1 to
  /// 3.
  private var inverse: InlineArray<3, SIMD3<Double>>

  /// - Returns: nil where the points lie in a plane.
  init?(of points: [SIMD3<Double>]) {
    let count = Double(points.count)
    var centroid = SIMD3<Double>.zero
    for point in points { centroid += point }
    centroid /= count
    var axes = OneSidedJacobi(order: 3)
    for i in 0..<3 {
      for j in i..<3 {
        var sum = 0.0
        for point in points {
          let arm = point - centroid
          sum += arm[i] * arm[j]
        }
        axes.vectors[3 * i + j] = sum
        axes.vectors[3 * j + i] = sum
      }
    }
    guard axes.decompose() else { return nil }
    positions = .init(repeating: centroid)
    for j in 0..<3 {
      let deviation = (axes.values[j] / count).squareRoot()
      let axis = SIMD3(axes.vectors[3 * j], axes.vectors[3 * j + 1], axes.vectors[3 * j + 2])
      positions[j + 1] = centroid + deviation * axis
    }
    inverse = .init(repeating: .zero)
    guard
      let rows = Self.inverse(
        ofColumns: positions[1] - centroid, positions[2] - centroid, positions[3] - centroid)
    else { return nil }
    inverse = rows
  }

  /// The weights with which the control points make up a point. Their sum is 1.
  func weights(of point: SIMD3<Double>) -> SIMD4<Double> {
    let arm = point - positions[0]
    let (a, b, c) = (dot(inverse[0], arm), dot(inverse[1], arm), dot(inverse[2], arm))
    return SIMD4(1 - a - b - c, a, b, c)
  }

  /// The rows of the inverse V W⁻¹ Uᵀ; nil where there is none.
  private static func inverse(
    ofColumns a: SIMD3<Double>, _ b: SIMD3<Double>, _ c: SIMD3<Double>
  ) -> InlineArray<3, SIMD3<Double>>? {
    var factors = OneSidedJacobi(order: 3)
    for (j, column) in [a, b, c].enumerated() {
      for i in 0..<3 { factors.vectors[3 * j + i] = column[i] }
    }
    guard factors.decompose() else { return nil }
    let least = 2 * Double.ulpOfOne * (factors.values[0] + factors.values[1] + factors.values[2])
    var rows = InlineArray<3, SIMD3<Double>>(repeating: .zero)
    for i in 0..<3 where factors.values[i] > least {
      let scale = 1 / factors.values[i]
      let left = SIMD3(
        factors.vectors[3 * i] * scale, factors.vectors[3 * i + 1] * scale,
        factors.vectors[3 * i + 2] * scale)
      for row in 0..<3 { rows[row] += factors.rightVectors[3 * i + row] * left }
    }
    return rows
  }
}

/// The six equations by which the control points' distances determine the null-space coordinates β:
///
///     βᵀ Gᵣ β = ρᵣ,   Gᵣ = (dₖ · dₗ),   dₖ = vₖ[a] − vₖ[b]   for each pair r = (a, b)
///
/// where vₖ are the four null-space vectors and ρᵣ the squared distance in object space.
struct EPnPDistanceEquations {
  private static let pairs: InlineArray<6, (Int, Int)> = [
    (0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3),
  ]
  /// The products βₖ βₗ that are unknowns of their own in the linearisations of one, two and three dimensions. As
  /// in OpenCV, the first includes β₄ and the others leave products out.
  private static let unknowns: [[(Int, Int)]] = [
    [(0, 0), (0, 1), (0, 2), (0, 3)],
    [(0, 0), (0, 1), (1, 1)],
    [(0, 0), (0, 1), (1, 1), (0, 2), (1, 2)],
  ]
  static let linearisations = unknowns.indices

  private var gram: InlineArray<6, InlineArray<4, SIMD4<Double>>>
  private var squaredDistances = SIMD8<Double>.zero
  private var columns: [SIMD8<Double>] = []

  init() {
    gram = .init(repeating: .init(repeating: .zero))
    columns.reserveCapacity(5)
  }

  mutating func set(
    vectors: InlineArray<4, InlineArray<4, SIMD3<Double>>>, controlPoints: EPnPControlPoints
  ) {
    for r in 0..<6 {
      let (a, b) = Self.pairs[r]
      let span = controlPoints.positions[a] - controlPoints.positions[b]
      squaredDistances[r] = dot(span, span)
      for k in 0..<4 {
        let d = vectors[k][a] - vectors[k][b]
        for l in 0..<4 { gram[r][k][l] = dot(d, vectors[l][a] - vectors[l][b]) }
      }
    }
  }

  /// A start for β from one of `linearisations`; it need not be finite. nil where LAPACK gives up.
  mutating func start(
    linearisation: Int, workspace: inout LAPACKWorkspace
  ) -> SIMD4<Double>? {
    columns.removeAll(keepingCapacity: true)
    for (k, l) in Self.unknowns[linearisation] {
      var column = SIMD8<Double>.zero
      for r in 0..<6 { column[r] = (k == l ? 1 : 2) * gram[r][k][l] }
      columns.append(column)
    }
    guard let b = workspace.leastSquares(columns: columns, rightHandSide: squaredDistances)
    else { return nil }
    // The sign of all β together is free, so a negative β₁² means that all products are negated.
    let sign: Double = b[0] < 0 ? -1 : 1
    let first = (sign * b[0]).squareRoot()
    if linearisation == 0 {
      return SIMD4(first, sign * b[1] / first, sign * b[2] / first, sign * b[3] / first)
    }
    let second = max(sign * b[2], 0).squareRoot()
    // As in OpenCV, β₁β₂ and β₁β₃ keep their signs here.
    let signedFirst = b[1] < 0 ? -first : first
    return SIMD4(signedFirst, second, linearisation == 2 ? b[3] / signedFirst : 0, 0)
  }

  /// Five Gauss-Newton steps, as many as OpenCV takes; fewer where a step is undetermined.
  func refined(_ start: SIMD4<Double>) -> SIMD4<Double> {
    var beta = start
    for _ in 0..<5 {
      guard let step = step(at: beta) else { break }
      beta += step
    }
    return beta
  }

  /// Solves the linearised equations by QR; nil where a column vanishes. Modified Gram-Schmidt with the
  /// right-hand side as one more column is as stable as Householder's reflections.
  private func step(at beta: SIMD4<Double>) -> SIMD4<Double>? {
    var jacobian = InlineArray<4, SIMD8<Double>>(repeating: .zero)
    var residual = squaredDistances
    for r in 0..<6 {
      var half = SIMD4<Double>.zero
      for k in 0..<4 { half += beta[k] * gram[r][k] }
      residual[r] -= (beta * half).sum()
      for k in 0..<4 { jacobian[k][r] = 2 * half[k] }
    }
    var upper = InlineArray<4, SIMD4<Double>>(repeating: .zero)
    var projected = SIMD4<Double>.zero
    for k in 0..<4 {
      let size = (jacobian[k] * jacobian[k]).sum().squareRoot()
      guard size > 0 else { return nil }
      let direction = jacobian[k] / size
      upper[k][k] = size
      for j in k + 1..<4 {
        upper[k][j] = (direction * jacobian[j]).sum()
        jacobian[j] -= upper[k][j] * direction
      }
      projected[k] = (direction * residual).sum()
      residual -= projected[k] * direction
    }
    var step = SIMD4<Double>.zero
    for k in (0..<4).reversed() {
      step[k] = (projected[k] - (upper[k] * step).sum()) / upper[k][k]
    }
    return step
  }
}
