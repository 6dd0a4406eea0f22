/// The correspondences of four faces, and the equations and cost of a pose for them.
///
/// In here, model points are relative to the model's centroid, so a pose's translation is the centroid's
/// position. Landmarks are in normalised image coordinates (depth 1).
struct PoseProblem {
  /// Points relative to `centroid`.
  let model: [SIMD3<Double>]
  let centroid: SIMD3<Double>
  /// The model's root mean square distance from its centroid.
  let radius: Double
  /// The same along the direction in which the model is thinnest.
  let thickness: Double
  let inverseMoments: SymmetricMatrix

  private(set) var observed: [(x: Lanes, y: Lanes)]
  /// 0 where a landmark is missing.
  private(set) var weights: [Lanes]
  /// (fy / fx)², by which a vertical residual counts.
  private(set) var aspect = Lanes(repeating: 1)
  /// The landmarks in a camera that looks at their centroid; scratch memory for finding a start.
  var virtual: [(x: Lanes, y: Lanes)]

  init(model points: [SIMD3<Double>]) {
    let sum = points.reduce(SIMD3<Double>.zero) { $0 + $1 }
    let centre = sum / Double(points.count)
    centroid = centre
    model = points.map { $0 - centre }
    var moments = SymmetricMatrix()
    for point in model { moments.add(point, weight: Lanes(repeating: 1)) }
    inverseMoments = moments.regularisedInverse()
    radius = (moments.trace[0] / Double(points.count)).squareRoot()
    thickness = (moments.leastEigenvalue / Double(points.count)).squareRoot()
    observed = Array(repeating: (.zero, .zero), count: points.count)
    virtual = observed
    weights = Array(repeating: .zero, count: points.count)
  }

  mutating func setCamera(_ camera: Intrinsics, lane: Int) {
    let ratio = camera.focalLength.y / camera.focalLength.x
    aspect[lane] = ratio * ratio
  }

  /// - Parameter point: in normalised image coordinates.
  @inline(__always)
  mutating func set(_ index: Int, lane: Int, to point: SIMD2<Double>, weight: Double) {
    observed[index].x[lane] = point.x
    observed[index].y[lane] = point.y
    weights[index][lane] = weight
  }

  /// Removes a lane's landmarks.
  mutating func clear(lane: Int) {
    for i in 0..<model.count { set(i, lane: lane, to: .zero, weight: 0) }
  }
}

/// A pose of each of four faces.
struct LanePose {
  var rotation: LaneRotation
  var translation: LaneVector

  @inline(__always)
  func moved(by step: InlineArray<6, Lanes>) -> Self {
    LanePose(
      rotation: LaneRotation(smallTurn: LaneVector(step[0], step[1], step[2])) * rotation,
      translation: translation + LaneVector(step[3], step[4], step[5]))
  }

  @inline(__always)
  mutating func replace(with other: Self, where mask: LaneMask) {
    rotation.replace(with: other.rotation, where: mask)
    translation.replace(with: other.translation, where: mask)
  }
}

extension PoseProblem {
  /// Up to this depth a point counts as behind the camera.
  private var leastDepth: Double { 0.01 * radius }

  /// The normal equations at a pose.
  ///
  /// With A = ∂u/∂X, M = AᵀWA = [a 0 b; 0 c d; b d e] and the arm p = R m, the blocks of JᵀWJ are sums
  /// of M (translation), [p]× M (rotation-translation) and [p]× M [p]×ᵀ (rotation).
  func equations(at pose: LanePose) -> PoseEquations {
    let (rotation, t) = (pose.rotation, pose.translation)
    var cost = Lanes.zero
    var isBehind = LaneMask(repeating: false)
    var (a, b, c, d, e) = (Lanes.zero, Lanes.zero, Lanes.zero, Lanes.zero, Lanes.zero)
    var mixed = (LaneVector.zero, LaneVector.zero, LaneVector.zero)
    var (xx, yx, yy) = (Lanes.zero, Lanes.zero, Lanes.zero)
    var (zx, zy, zz) = (Lanes.zero, Lanes.zero, Lanes.zero)
    var (force, torque) = (LaneVector.zero, LaneVector.zero)
    for i in 0..<model.count {
      let p = rotation * model[i]
      let z = p.z + t.z
      isBehind = isBehind .| (z .<= leastDepth)
      let inverse = 1 / z
      let (u, v) = ((p.x + t.x) * inverse, (p.y + t.y) * inverse)
      let (ru, rv) = (u - observed[i].x, v - observed[i].y)
      let wx = weights[i]
      let wy = wx * aspect
      let (fu, fv) = (wx * ru, wy * rv)
      cost += ru * fu + rv * fv
      let f = LaneVector(inverse * fu, inverse * fv, -(u * fu + v * fv) * inverse)
      force += f
      torque += p.cross(f)

      let square = inverse * inverse
      let (ma, mc) = (wx * square, wy * square)
      let (mb, md) = (-ma * u, -mc * v)
      let me = -(mb * u + md * v)
      a += ma
      b += mb
      c += mc
      d += md
      e += me
      let row0 = LaneVector(p.y * mb, p.y * md - p.z * mc, p.y * me - p.z * md)
      let row1 = LaneVector(p.z * ma - p.x * mb, -p.x * md, p.z * mb - p.x * me)
      let row2 = LaneVector(-p.y * ma, p.x * mc, p.x * md - p.y * mb)
      mixed.0 += row0
      mixed.1 += row1
      mixed.2 += row2
      xx += p.y * row0.z - p.z * row0.y
      yx += p.y * row1.z - p.z * row1.y
      yy += p.z * row1.x - p.x * row1.z
      zx += p.y * row2.z - p.z * row2.y
      zy += p.z * row2.x - p.x * row2.z
      zz += p.x * row2.y - p.y * row2.x
    }
    cost.replace(with: .infinity, where: isBehind)
    let (n0, n1, n2) = mixed
    return PoseEquations(
      information: [
        xx, yx, yy, zx, zy, zz,
        n0.x, n1.x, n2.x, a, n0.y, n1.y, n2.y, .zero, c, n0.z, n1.z, n2.z, b, d, e,
      ],
      gradient: [torque.x, torque.y, torque.z, force.x, force.y, force.z], cost: cost)
  }

  /// The normal equations of the translation alone: the rotation's part of every step is zero.
  func translationEquations(at pose: LanePose) -> PoseEquations {
    var cost = Lanes.zero
    var isBehind = LaneMask(repeating: false)
    var (a, b, c, d, e) = (Lanes.zero, Lanes.zero, Lanes.zero, Lanes.zero, Lanes.zero)
    var force = LaneVector.zero
    for i in 0..<model.count {
      let p = pose.rotation * model[i] + pose.translation
      isBehind = isBehind .| (p.z .<= leastDepth)
      let inverse = 1 / p.z
      let (u, v) = (p.x * inverse, p.y * inverse)
      let (ru, rv) = (u - observed[i].x, v - observed[i].y)
      let wx = weights[i]
      let wy = wx * aspect
      let (fu, fv) = (wx * ru, wy * rv)
      cost += ru * fu + rv * fv
      force += LaneVector(inverse * fu, inverse * fv, -(u * fu + v * fv) * inverse)
      let square = inverse * inverse
      let (ma, mc) = (wx * square, wy * square)
      let (mb, md) = (-ma * u, -mc * v)
      a += ma
      b += mb
      c += mc
      d += md
      e -= mb * u + md * v
    }
    cost.replace(with: .infinity, where: isBehind)
    let (zero, one) = (Lanes.zero, Lanes(repeating: 1))
    return PoseEquations(
      information: [
        one, zero, one, zero, zero, one,
        zero, zero, zero, a, zero, zero, zero, zero, c, zero, zero, zero, b, d, e,
      ],
      gradient: [zero, zero, zero, force.x, force.y, force.z], cost: cost)
  }

  /// The weighted sum of squared residuals in normalised coordinates, with vertical ones times `aspect`. It is
  /// infinite where a point is not in front of the camera.
  func cost(of pose: LanePose) -> Lanes {
    var cost = Lanes.zero
    var isBehind = LaneMask(repeating: false)
    for i in 0..<model.count {
      let p = pose.rotation * model[i] + pose.translation
      isBehind = isBehind .| (p.z .<= leastDepth)
      let inverse = 1 / p.z
      let ru = p.x * inverse - observed[i].x
      let rv = p.y * inverse - observed[i].y
      cost += weights[i] * (ru * ru + aspect * rv * rv)
    }
    cost.replace(with: .infinity, where: isBehind)
    return cost
  }

  /// Levenberg-Marquardt from `start` where `active`; it ends where the next step promises to lower
  /// the cost by less than `tolerance` of it.
  ///
  /// - Returns: the pose, and the equations at the pose one last small step before.
  func refined(
    from start: LanePose, where active: LaneMask, tolerance: Double, keepsRotation: Bool = false
  ) -> (pose: LanePose, equations: PoseEquations) {
    func equations(at pose: LanePose) -> PoseEquations {
      keepsRotation ? translationEquations(at: pose) : self.equations(at: pose)
    }
    var pose = start
    var current = equations(at: pose)
    var damping = Lanes(repeating: 1e-4)
    var active = active .& (current.cost .< .infinity)
    for _ in 0..<60 {
      var factor = PoseFactor(current, damping: damping)
      var step = factor.step(against: &current.gradient)
      let promise = current.predictedGain(of: &step, damping: damping)
      let candidate = pose.moved(by: step)
      // So little is left to gain that the step is taken without a check; 1e-30 is for rounding.
      let last = active .& factor.isDefinite .& (promise .<= tolerance * current.cost + 1e-30)
      pose.replace(with: candidate, where: last)
      active = active .& .!last
      if !any(active) { break }
      var next = equations(at: candidate)
      let accepted = active .& factor.isDefinite .& (next.cost .<= current.cost)
      // Where residuals are strongly curved, full steps overshoot to and fro. So the damping follows how much of
      // the promised gain came true (Nielsen 1999).
      let gain = current.cost - next.cost
      damping.replace(with: 10 * damping, where: .!accepted)
      damping.replace(with: 0.1 * damping, where: accepted .& (gain .> 0.75 * promise))
      damping.replace(with: 4 * damping, where: accepted .& (gain .< 0.25 * promise))
      damping.replace(with: Lanes(repeating: 1e-9), where: damping .< 1e-9)
      active = active .& (damping .< 1e8)
      pose.replace(with: candidate, where: accepted)
      current.replace(with: &next, where: accepted)
    }
    return (pose, current)
  }
}
