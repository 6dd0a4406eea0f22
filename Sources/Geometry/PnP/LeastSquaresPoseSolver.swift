/// Poses that minimise the squared reprojection error of a fixed set of model points:
///
///     minimise over R, t   Σ wᵢ ‖ π(R Xᵢ + t) − uᵢ ‖²      with positive depth
///
/// The start is found in a virtual camera that looks at the landmarks' centroid: scaled orthography by the
/// model's pseudo-inverse, then one sweep of POSIT. Levenberg-Marquardt on SE(3) about the model's centroid
/// follows, with the analytic Jacobian. Where the residual is more than half of the model's thickness, or points
/// are missing, a face turned inside out could explain the landmarks as well. Such a fit is tried again from the
/// depth-reversed and from the frontal pose, and the best is kept.
///
/// A solver owns its scratch memory, so a fit does not allocate; use one for each thread. A face's result does
/// not depend on the other faces that are fitted with it.
public struct LeastSquaresPoseSolver {
  /// The fewest landmarks that determine a pose.
  public static let minimumPoints = 4

  /// A landmark in pixels, and the weight of its squared residual. The weight is one over the variance of its
  /// placement, where a usual landmark's variance is 1. At 0 or below the landmark counts as missing.
  public typealias Landmark = (position: SIMD2<Double>, weight: Double)

  private let tolerance: Double
  private let uncertainty: LandmarkUncertainty
  private let interocularDistance: Double
  private let designFactors: InlineArray<6, Double>
  /// `ShapeEquations` are made of it too, as are the members below that are not private.
  var problem: PoseProblem

  /// Prepares a solver for a face model.
  ///
  /// - Parameters:
  ///   - model: at least 4 object points, one for each landmark, in the landmarks' order. Translations are in
  ///     their unit.
  ///   - interocularDistance: between the model's eyes, in the same unit.
  ///   - tolerance: iterations stop when a step promises to lower the cost by less than this fraction.
  ///   - uncertainty: what the covariance and `secondMinimumRatio` are based on.
  public init(
    model: [SIMD3<Double>], interocularDistance: Double, tolerance: Double = 1e-6,
    uncertainty: LandmarkUncertainty = LandmarkUncertainty()
  ) {
    precondition(model.count >= Self.minimumPoints, "a pose needs at least 4 model points")
    problem = PoseProblem(model: model)
    self.tolerance = tolerance
    self.uncertainty = uncertainty
    self.interocularDistance = interocularDistance
    designFactors = uncertainty.designFactors(of: problem.model)
  }

  /// Fits poses.
  ///
  /// - Parameters:
  ///   - faces: how many there are; a multiple of four is fastest.
  ///   - camera: the camera of a face, by the face's number from 0.
  ///   - landmark: the landmark of a face and a model point, by their numbers; nil where it is missing.
  ///   - take: gets each face's number and fit, in order. The fit is nil where the camera is not plausible, where
  ///     there are fewer than four landmarks, where they coincide, lie in a line or are not finite, or where no
  ///     start leads to a pose in front of the camera.
  public mutating func fit(
    faces: Int, camera: (Int) -> Intrinsics, landmark: (Int, Int) -> Landmark?,
    take: (Int, PoseFit?) -> Void
  ) {
    fitGroups(faces, camera, landmark, take, freedom: 6) { solver, _, group in
      solver.solved(group)
    }
  }

  /// Fits translations to given rotations. The covariance takes these rotations as exact.
  ///
  /// `rotation` gives that of a face, by its number. The other parameters are those of `fit`.
  public mutating func fitTranslations(
    faces: Int, camera: (Int) -> Intrinsics, landmark: (Int, Int) -> Landmark?,
    rotation: (Int) -> Rotation, take: (Int, PoseFit?) -> Void
  ) {
    fitGroups(faces, camera, landmark, take, freedom: 3) { solver, members, group in
      solver.translated(members, group, rotation)
    }
  }

  private mutating func fitGroups(
    _ faces: Int, _ camera: (Int) -> Intrinsics, _ landmark: (Int, Int) -> Landmark?,
    _ take: (Int, PoseFit?) -> Void, freedom: Double,
    solve: (inout Self, Range<Int>, Group) -> Solution
  ) {
    forEachGroup(faces, camera, landmark) { solver, members, group in
      let solution = solve(&solver, members, group)
      let stated = solver.statedVariance(of: solution, in: group)
      var covariance = solver.covariance(of: solution, in: group, freedom: freedom, stated: stated)
      // With a perfect model, each of a point's two coordinates would leave this variance.
      let expected = 2 * stated * group.totalWeight
      let base = solution.cost.replacing(with: expected, where: solution.cost .< expected)
      let secondRatio = (solution.secondCost / base).squareRoot()
      for (lane, face) in members.enumerated() {
        let isFitted = group.isUsable[lane] && solution.cost[lane] < .infinity
        take(
          face,
          isFitted
            ? solver.fit(
              lane, solution, covariance.covariance(lane: lane), secondRatio[lane], group) : nil
        )
      }
    }
  }
}

extension LeastSquaresPoseSolver {
  /// Loads the faces four by four, and gives each four with their numbers to the closure.
  mutating func forEachGroup(
    _ faces: Int, _ camera: (Int) -> Intrinsics, _ landmark: (Int, Int) -> Landmark?,
    _ body: (inout Self, Range<Int>, Group) -> Void
  ) {
    for first in stride(from: 0, to: faces, by: Lanes.scalarCount) {
      let members = first..<min(first + Lanes.scalarCount, faces)
      var group = Group()
      for lane in 0..<Lanes.scalarCount {
        if first + lane < faces {
          load(first + lane, lane, into: &group, camera, landmark)
        } else {
          problem.clear(lane: lane)
        }
      }
      body(&self, members, group)
    }
  }

  /// Fits the translations of a group's faces to known rotations.
  mutating func translated(
    _ members: Range<Int>, _ group: Group, _ rotation: (Int) -> Rotation
  ) -> Solution {
    var given = LaneRotation.identity
    for (lane, face) in members.enumerated() { given[lane] = rotation(face) }
    return refined(
      problem.linearTranslation(for: given), where: group.isUsable, keepsRotation: true)
  }

  /// What is known of four faces besides their landmarks.
  struct Group {
    var isUsable = LaneMask(repeating: false)
    /// Whether landmarks are missing.
    var isPartial = LaneMask(repeating: false)
    /// Whether weights are not all 1.
    var isUneven = LaneMask(repeating: false)
    var focalLength = Lanes(repeating: 1)
    var points = Lanes.zero
    var totalWeight = Lanes.zero
  }

  struct Solution {
    var pose: LanePose
    var equations: PoseEquations
    var cost: Lanes
    /// The least cost of a minimum with another rotation; infinite where there is none.
    var secondCost = Lanes(repeating: .infinity)
  }

  mutating func load(
    _ face: Int, _ lane: Int, into group: inout Group, _ camera: (Int) -> Intrinsics,
    _ landmark: (Int, Int) -> Landmark?
  ) {
    let camera = camera(face)
    guard camera.isPlausible else { return problem.clear(lane: lane) }
    let inverse = 1 / camera.focalLength
    problem.setCamera(camera, lane: lane)
    var (points, totalWeight, isFinite, isEven) = (0.0, 0.0, true, true)
    for i in 0..<problem.model.count {
      guard let (position, weight) = landmark(face, i), weight > 0 else {
        problem.set(i, lane: lane, to: .zero, weight: 0)
        continue
      }
      let point = (position - camera.principalPoint) * inverse
      isFinite = isFinite && point.x.isFinite && point.y.isFinite
      problem.set(i, lane: lane, to: point, weight: weight)
      points += 1
      totalWeight += weight
      isEven = isEven && weight == 1
    }
    let count = Double(problem.model.count)
    group.points[lane] = points
    group.totalWeight[lane] = totalWeight
    group.focalLength[lane] = camera.focalLength.x
    group.isPartial[lane] = points < count
    group.isUneven[lane] = !isEven || points < count
    group.isUsable[lane] =
      isFinite && totalWeight.isFinite && points >= Double(Self.minimumPoints)
  }

  func refined(
    _ start: LanePose, where mask: LaneMask, keepsRotation: Bool = false
  ) -> Solution {
    let (pose, equations) = problem.refined(
      from: start, where: mask, tolerance: tolerance, keepsRotation: keepsRotation)
    var cost = problem.cost(of: pose)
    cost.replace(with: .infinity, where: .!(cost .< .infinity))
    return Solution(pose: pose, equations: equations, cost: cost)
  }

  mutating func solved(_ group: Group) -> Solution {
    let start = problem.orthographicStart(isUneven: group.isUneven .& group.isUsable)
    // Landmarks within 1e-5 of the focal length, about a hundredth of a pixel, count as one point.
    let isSpread = group.isUsable .& (start.spread .> 1e-10)
    var best = refined(start.pose, where: isSpread)
    best.cost.replace(with: .infinity, where: .!isSpread)

    let residual = best.pose.translation.z * (best.cost / group.totalWeight).squareRoot()
    let isDoubtful = isSpread .& (group.isPartial .| .!(residual .< 0.5 * problem.thickness))
    guard any(isDoubtful) else { return best }
    search(start.depthReversed(best.pose), where: isDoubtful, &best)
    search(start.frontal, where: isDoubtful, &best)
    search(start.depthReversed(start.pose), where: isDoubtful, &best)
    return best
  }

  /// Tries another start. Keeps the better of the two minima, and the cost of the other one.
  private func search(_ start: LanePose, where mask: LaneMask, _ best: inout Solution) {
    var other = refined(start, where: mask)
    let isBetter = mask .& (other.cost .< best.cost)
    // Two minima are different where their rotations are more than 10° apart.
    let isApart =
      mask .& (other.cost .< .infinity)
      .& (other.pose.rotation.cosine(to: best.pose.rotation) .< 0.98480775)
    // The worse of the two becomes second, unless a better second one is known.
    let worse = best.cost.replacing(with: other.cost, where: .!isBetter)
    best.secondCost.replace(with: worse, where: isApart .& (worse .< best.secondCost))
    best.pose.replace(with: other.pose, where: isBetter)
    best.equations.replace(with: &other.equations, where: isBetter)
    best.cost.replace(with: other.cost, where: isBetter)
  }

  /// The variance of a landmark's coordinate according to the uncertainty, in normalised coordinates.
  private func statedVariance(of solution: Solution, in group: Group) -> Lanes {
    let length = interocularDistance / solution.pose.translation.z
    let rounding = uncertainty.rounding / group.focalLength
    return uncertainty.variance * length * length + rounding * rounding
  }

  /// The covariance of each face's pose, of which `freedom` parameters were fitted.
  private func covariance(
    of solution: Solution, in group: Group, freedom: Double, stated: Lanes
  ) -> LaneCovariance {
    var factor = PoseFactor(solution.equations, damping: .zero)
    var covariance = factor.inverse()
    // Where the stated uncertainty cannot explain the landmarks, their own residuals count.
    let observed = solution.cost / (2 * group.points - freedom)
    let sigma = stated.replacing(with: observed, where: observed .> 4 * stated).squareRoot()
    var sigmas: InlineArray<6, Lanes> = .init(repeating: .zero)
    for i in (freedom == 6 ? 0 : 3)..<6 { sigmas[i] = designFactors[i] * sigma }
    covariance.scale(by: &sigmas)
    covariance.move(by: solution.pose.rotation * problem.centroid)
    return covariance
  }

  private func fit(
    _ lane: Int, _ solution: Solution, _ covariance: PoseCovariance, _ secondRatio: Double,
    _ group: Group
  ) -> PoseFit? {
    let rotation = solution.pose.rotation[lane]
    let fit = PoseFit(
      extrinsics: Extrinsics(
        rotation: rotation,
        translation: solution.pose.translation[lane] - rotation * problem.centroid),
      reprojectionError: group.focalLength[lane]
        * (solution.cost[lane] / group.totalWeight[lane]).squareRoot(),
      points: Int(group.points[lane]),
      covariance: covariance,
      secondMinimumRatio: secondRatio.isFinite ? secondRatio : nil)
    // Where the landmarks leave a direction open, they determine no pose.
    let (turn, shift) = (covariance.rotationVariance, covariance.translationVariance)
    guard turn.max() <= .pi * .pi, (turn + shift).sum().isFinite else { return nil }
    return fit
  }
}
