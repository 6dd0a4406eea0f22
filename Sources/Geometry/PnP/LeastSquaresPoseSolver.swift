/// Poses that minimise the squared reprojection error of a fixed set of model points:
///
///     minimise over R, t   Σ ‖ π(R Xᵢ + t) − uᵢ ‖²      with positive depth
///
/// Start: in a virtual camera that looks at the landmarks' centroid, scaled orthography by the
/// model's pseudo-inverse and two POSIT sweeps (DeMenthon and Davis, IJCV 1995). Then
/// Levenberg-Marquardt on SE(3) about the model's centroid with the analytic Jacobian. A fit whose
/// residual is large is tried again from the depth-reversed and from the frontal pose, and the best
/// of the three is kept.
///
/// A solver owns its scratch, so `fit` does not allocate; use one a thread.
public struct LeastSquaresPoseSolver {
  /// A pose and how well it explains the landmarks.
  public struct Fit: Sendable {
    public var extrinsics: Extrinsics
    /// Root mean square distance between landmarks and projected model points, in pixels.
    public var reprojectionError: Double
    /// How many landmarks took part.
    public var points: Int
  }

  /// The fewest landmarks that determine a pose.
  public static let minimumPoints = 4

  private let model: [SIMD3<Double>]
  private let tolerance: Double
  private let restartResidual: Double
  private var problem: PoseProblem

  /// - Parameters:
  ///   - model: object points in metres, one for each landmark, in the landmarks' order.
  ///   - tolerance: iterations stop when the cost falls by less than this fraction.
  ///   - restartResidual: the root mean square residual, in fractions of the model's root mean
  ///     square radius as it appears, above which the other starts are tried too.
  public init(
    model: [SIMD3<Double>], tolerance: Double = 1e-9, restartResidual: Double = 0.02
  ) {
    precondition(model.count >= Self.minimumPoints, "a pose needs at least 4 model points")
    self.model = model
    self.tolerance = tolerance
    self.restartResidual = restartResidual
    problem = PoseProblem(capacity: model.count)
  }

  /// Fits one face.
  ///
  /// - Parameters:
  ///   - landmarkCount: must be the model's number of points.
  ///   - landmark: the i-th landmark in pixels, or nil where it is missing.
  /// - Returns: nil where fewer than four landmarks are there, where they coincide or are not
  ///   finite, or where no start leads to a pose in front of the camera.
  public mutating func fit(
    landmarkCount: Int, camera: Intrinsics, landmark: (Int) -> SIMD2<Double>?
  ) -> Fit? {
    precondition(landmarkCount == model.count, "one model point for each landmark")
    problem.reset(camera: camera)
    for i in 0..<landmarkCount {
      guard let point = landmark(i) else { continue }
      guard point.x.isFinite, point.y.isFinite else { return nil }
      problem.add(model[i], at: point)
    }
    guard problem.count >= Self.minimumPoints, problem.centre() else { return nil }

    let start = problem.orthographicStart(sweeps: 2)
    var best = problem.refined(from: start.pose, tolerance: tolerance)
    let isPoor = best.cost > problem.cost(ofRelativeResidual: restartResidual, scale: start.scale)
    // Few points may lie in a plane, whose two minima are both good fits.
    if isPoor || problem.count < model.count {
      func tryAlso(_ pose: Extrinsics) {
        let other = problem.refined(from: pose, tolerance: tolerance)
        if other.cost < best.cost { best = other }
      }
      tryAlso(problem.depthReversed(start.pose, start))
      tryAlso(problem.frontal(start))
      tryAlso(problem.depthReversed(best.pose, start))
    }
    guard best.cost.isFinite else { return nil }
    return Fit(
      extrinsics: problem.aboutModelOrigin(best.pose),
      reprojectionError: (best.cost / Double(problem.count)).squareRoot(),
      points: problem.count)
  }
}
