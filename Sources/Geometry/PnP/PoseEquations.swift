/// The Gauss-Newton normal equations JᵀWJ · δ = −JᵀWr of a pose update δ, of each of four faces.
///
/// δ holds a rotation vector about the camera axes in 0-2 and a translation in 3-5. Residuals are in
/// normalised image coordinates.
///
/// Here and below, arguments that are only read are `inout` too, and methods are `mutating`. Otherwise a large
/// value that is read in a loop would be copied at each turn.
struct PoseEquations {
  /// The lower triangle of JᵀWJ by rows.
  var information: InlineArray<21, Lanes> = .init(repeating: .zero)
  /// JᵀWr.
  var gradient: InlineArray<6, Lanes> = .init(repeating: .zero)
  /// rᵀWr; infinite where a point is not in front of the camera.
  var cost = Lanes.zero

  /// Where row i, column j of a lower triangle stands.
  @inline(__always)
  static func index(_ i: Int, _ j: Int) -> Int { i &* (i &+ 1) / 2 &+ j }

  @inline(__always)
  mutating func replace(with other: inout Self, where mask: LaneMask) {
    for i in 0..<21 { information[i].replace(with: other.information[i], where: mask) }
    for i in 0..<6 { gradient[i].replace(with: other.gradient[i], where: mask) }
    cost.replace(with: other.cost, where: mask)
  }

  /// By how much the cost falls along the step that solves the equations damped by λ, if residuals are linear.
  /// That is −δᵀ(2g + Aδ), or −δᵀg + λ δᵀ diag(A) δ as (A + λ diag A) δ = −g.
  @inline(__always)
  mutating func predictedGain(of step: inout InlineArray<6, Lanes>, damping: Lanes) -> Lanes {
    var gain = Lanes.zero
    for i in 0..<6 {
      gain += step[i] * (damping * information[Self.index(i, i)] * step[i] - gradient[i])
    }
    return gain
  }

  /// Removes the rotation from the unknowns: its part of every step is then zero.
  mutating func keepRotation() {
    for i in 0..<6 {
      for j in 0...min(i, 2) { information[Self.index(i, j)] = Lanes(repeating: i == j ? 1 : 0) }
    }
    for i in 0..<3 { gradient[i] = .zero }
  }
}

/// JᵀWJ with the damping of Levenberg and Marquardt, as L D Lᵀ.
struct PoseFactor {
  /// L below the diagonal, by rows; 1 / D on it, where L has ones.
  private var lower: InlineArray<21, Lanes>
  /// Where the damped matrix is positive definite.
  private(set) var isDefinite = LaneMask(repeating: true)

  /// - Parameter damping: in fractions of the diagonal.
  @inline(__always)
  init(_ equations: borrowing PoseEquations, damping: Lanes) {
    lower = equations.information
    // L[i, j] D[j] of the row in work.
    var scaled: InlineArray<6, Lanes> = .init(repeating: .zero)
    for i in 0..<6 {
      var pivot = lower[PoseEquations.index(i, i)] * (1 + damping)
      for j in 0..<i {
        var entry = lower[PoseEquations.index(i, j)]
        for k in 0..<j { entry -= scaled[k] * lower[PoseEquations.index(j, k)] }
        scaled[j] = entry
        let quotient = entry * lower[PoseEquations.index(j, j)]
        lower[PoseEquations.index(i, j)] = quotient
        pivot -= entry * quotient
      }
      isDefinite = isDefinite .& (pivot .> 0)
      lower[PoseEquations.index(i, i)] = 1 / pivot
    }
  }

  /// The solution of L D Lᵀ x = −gradient.
  @inline(__always)
  mutating func step(against gradient: inout InlineArray<6, Lanes>) -> InlineArray<6, Lanes> {
    var x: InlineArray<6, Lanes> = .init(repeating: .zero)
    for i in 0..<6 {
      var sum = -gradient[i]
      for k in 0..<i { sum -= lower[PoseEquations.index(i, k)] * x[k] }
      x[i] = sum
    }
    for i in (0..<6).reversed() {
      var sum = x[i] * lower[PoseEquations.index(i, i)]
      for k in (i &+ 1)..<6 { sum -= lower[PoseEquations.index(k, i)] * x[k] }
      x[i] = sum
    }
    return x
  }

  /// (L D Lᵀ)⁻¹.
  mutating func inverse() -> LaneCovariance {
    let at = PoseEquations.index
    // First L⁻¹ below the diagonal, where it has ones, then L⁻ᵀ D⁻¹ L⁻¹.
    var inverse: InlineArray<21, Lanes> = .init(repeating: .zero)
    for i in 0..<6 {
      for j in 0..<i {
        var sum = -lower[at(i, j)]
        for k in (j &+ 1)..<i { sum -= lower[at(i, k)] * inverse[at(k, j)] }
        inverse[at(i, j)] = sum
      }
    }
    var result: InlineArray<21, Lanes> = .init(repeating: .zero)
    for i in 0..<6 {
      for j in 0...i {
        var sum = i == j ? lower[at(i, i)] : lower[at(i, i)] * inverse[at(i, j)]
        for k in (i &+ 1)..<6 { sum += inverse[at(k, i)] * lower[at(k, k)] * inverse[at(k, j)] }
        result[at(i, j)] = sum
      }
    }
    return LaneCovariance(lower: result)
  }
}

/// The covariance of δ of each of four faces.
struct LaneCovariance {
  /// The lower triangle by rows.
  private(set) var lower: InlineArray<21, Lanes>

  init(lower: InlineArray<21, Lanes>) { self.lower = lower }

  mutating func covariance(lane: Int) -> PoseCovariance {
    var result: InlineArray<21, Double> = .init(repeating: 0)
    for i in 0..<21 { result[i] = lower[i][lane] }
    return PoseCovariance(lower: result)
  }

  /// Multiplies each parameter by its factor.
  mutating func scale(by factors: inout InlineArray<6, Lanes>) {
    for i in 0..<6 {
      for j in 0...i { lower[PoseEquations.index(i, j)] *= factors[i] * factors[j] }
    }
  }

  /// Makes the translation that of another point, which lies at −`arm` from the first in camera axes: with G =
  /// [arm]×, δt' = δt + G δω.
  mutating func move(by arm: LaneVector) {
    let at = PoseEquations.index
    func column(_ k: Int) -> LaneVector {
      LaneVector(lower[at(3, k)], lower[at(4, k)], lower[at(5, k)])
    }
    func row(_ i: Int) -> LaneVector {
      LaneVector(lower[at(3 &+ i, 0)], lower[at(3 &+ i, 1)], lower[at(3 &+ i, 2)])
    }
    let before = (arm.cross(row(0)), arm.cross(row(1)), arm.cross(row(2)))
    // C'tr = Ctr + G Crr
    let turned = (
      column(0) + arm.cross(LaneVector(lower[at(0, 0)], lower[at(1, 0)], lower[at(2, 0)])),
      column(1) + arm.cross(LaneVector(lower[at(1, 0)], lower[at(1, 1)], lower[at(2, 1)])),
      column(2) + arm.cross(LaneVector(lower[at(2, 0)], lower[at(2, 1)], lower[at(2, 2)]))
    )
    (lower[at(3, 0)], lower[at(4, 0)], lower[at(5, 0)]) = (turned.0.x, turned.0.y, turned.0.z)
    (lower[at(3, 1)], lower[at(4, 1)], lower[at(5, 1)]) = (turned.1.x, turned.1.y, turned.1.z)
    (lower[at(3, 2)], lower[at(4, 2)], lower[at(5, 2)]) = (turned.2.x, turned.2.y, turned.2.z)
    // C'tt = Ctt + G Ctrᵀ + C'tr Gᵀ
    let after = (arm.cross(row(0)), arm.cross(row(1)), arm.cross(row(2)))
    lower[at(3, 3)] += before.0.x + after.0.x
    lower[at(4, 3)] += before.0.y + after.1.x
    lower[at(4, 4)] += before.1.y + after.1.y
    lower[at(5, 3)] += before.0.z + after.2.x
    lower[at(5, 4)] += before.1.z + after.2.y
    lower[at(5, 5)] += before.2.z + after.2.z
  }
}
