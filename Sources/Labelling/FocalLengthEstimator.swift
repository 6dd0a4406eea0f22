public import Geometry
internal import Glibc
internal import Schema

/// What faces say of their camera's focal length.
public struct FocalLengthEstimate: Sendable, Equatable {
  /// In units of the focal length that the landmarks were given for.
  public var factor: Double
  /// The standard deviation of its natural logarithm, which is that of its relative error.
  public var sigma: Double
  /// How many faces it is based on.
  public var faces: Int

  /// - Parameters:
  ///   - factor: in units of the focal length that the landmarks were given for.
  ///   - sigma: the standard deviation of the factor's natural logarithm.
  ///   - faces: how many faces it is based on.
  public init(factor: Double, sigma: Double, faces: Int) {
    (self.factor, self.sigma, self.faces) = (factor, sigma, faces)
  }
}

/// Finds a camera's focal length from the perspective of faces: near points of a face appear larger than far ones, the
/// more so the nearer the camera is.
///
/// All faces are fitted with one focal length after the other; the one that leaves the least residuals is the most likely.
/// The perspective of a face is a few percent of its size, which a mean face of other proportions hides: so the model has
/// to be a face that was learnt from such landmarks. In simulations with such a face (Scripts/crosscheck), five faces
/// that fill an eighth to a quarter of the image give the focal length to about a fifth of an octave.
public struct FocalLengthEstimator {
  /// The model's layout is that of all landmarks.
  public let model: FaceModel
  private let uncertainty: LandmarkUncertainty
  private var solver: LeastSquaresPoseSolver

  /// A landmark's place in the plane at depth 1 of a camera of the given focal length; nil where it is missing.
  public typealias Landmarks = (_ face: Int, _ point: Int) -> SIMD2<Double>?

  /// The logarithms to base 2 of the factors that are tried first.
  private static let octaves = stride(from: -2.0, through: 3.0, by: 0.25)
  /// The half of the step over which derivatives are taken, in natural logarithms.
  private static let step = 0.05
  /// How far the logarithm is thought to be from 0 before any face is looked at: half of all cameras lie within half an
  /// octave of width plus height. Without it, the few cameras that seem near would be told and those that seem far not.
  private static let priorSigma = 0.51
  /// By how much the shapes of faces make an estimate less certain than independent errors of their points
  /// would, as measured in the simulations.
  private static let identityEffect = 2.0

  /// - Parameters:
  ///   - model: a face that was learnt from such landmarks.
  ///   - uncertainty: of landmarks about the model.
  public init(model: FaceModel, uncertainty: LandmarkUncertainty) {
    (self.model, self.uncertainty) = (model, uncertainty)
    // Neither deviations are asked for nor have the units to do with pixels.
    var plain = uncertainty
    (plain.identity, plain.rounding) = (0, 0)
    solver = LeastSquaresPoseSolver(
      model: model.points, interocularDistance: model.interocularDistance, tolerance: 1e-9,
      uncertainty: plain)
  }

  /// The focal length that explains faces of one camera best.
  ///
  /// - Returns: nil where no focal length from a quarter to eight times the given one does: the faces are too far away,
  ///   too few or too unlike the model to tell.
  public mutating func estimate(faces: Int, _ landmark: @escaping Landmarks) -> FocalLengthEstimate?
  {
    let known = scales(faces, landmark)
    guard !known.isEmpty else { return nil }
    let sigmas = SIMD2(uncertainty.placement, uncertainty.identity)
    let variance = (sigmas * sigmas).sum()
    let problem = Problem(
      places: known.map { known in { (point: Int) in landmark(known.face, point) } },
      weights: known.map { 1 / (variance * $0.scale * $0.scale) })
    let tried = Self.octaves.map { $0 * log(2.0) }
    let totals = tried.map { total(costs(at: $0, problem), at: $0) }
    guard let best = totals.indices.min(by: { totals[$0] < totals[$1] }), totals[best].isFinite,
      best > 0, best < totals.count - 1
    else { return nil }
    let place = minimum(from: tried[best - 1], to: tried[best + 1], problem)
    return Self.spread(
      at: place, around: [-1, 0, 1].map { costs(at: place + $0 * Self.step, problem) })
  }

  private struct Problem {
    var places: [(Int) -> SIMD2<Double>?]
    /// Over the variance of a coordinate, by face.
    var weights: [Double]
  }

  /// The faces whose landmarks the model explains, each with its interocular distance as it appears.
  private mutating func scales(
    _ faces: Int, _ landmark: Landmarks
  ) -> [(face: Int, scale: Double)] {
    var known: [(face: Int, scale: Double)] = []
    let distance = model.interocularDistance
    solver.fit(
      faces: faces, camera: { _ in Self.camera(1) },
      landmark: { face, point in landmark(face, point).map { ($0, 1) } }
    ) { face, fit in
      guard let fit, case let scale = distance / fit.extrinsics.translation.z, scale > 0,
        fit.reprojectionError <= FitQuality.unlikeAnyFace * scale
      else { return }
      known.append((face, scale))
    }
    return known
  }

  /// Half the weighted sum of squared residuals of each face; infinite where it cannot be fitted.
  private mutating func costs(at logarithm: Double, _ problem: Problem) -> [Double] {
    let factor = exp(logarithm)
    var costs: [Double] = []
    let (places, weights) = (problem.places, problem.weights)
    solver.fit(
      faces: places.count, camera: { _ in Self.camera(factor) },
      landmark: { face, point in places[face](point).map { ($0, 1) } }
    ) { face, fit in
      guard let fit else { return costs.append(.infinity) }
      let error = fit.reprojectionError
      costs.append(0.5 * weights[face] * Double(fit.points) * error * error)
    }
    return costs
  }

  /// With what is thought of cameras beforehand.
  private func total(_ costs: [Double], at logarithm: Double) -> Double {
    let offset = logarithm / Self.priorSigma
    return costs.reduce(0.5 * offset * offset, +)
  }

  /// By the golden section, to a ten-thousandth.
  private mutating func minimum(
    from low: Double, to high: Double, _ problem: Problem
  ) -> Double {
    let ratio = 0.618033988749895
    var (low, high) = (low, high)
    var (left, right) = (high - ratio * (high - low), low + ratio * (high - low))
    func cost(_ place: Double) -> Double { total(costs(at: place, problem), at: place) }
    var (first, second) = (cost(left), cost(right))
    while high - low > 1e-4 {
      if first < second {
        (high, right, second) = (right, left, first)
        left = high - ratio * (high - low)
        first = cost(left)
      } else {
        (low, left, first) = (left, right, second)
        right = low + ratio * (high - low)
        second = cost(right)
      }
    }
    return (low + high) / 2
  }

  /// The estimate with its deviation: that which the stated errors of landmarks give, or what the faces' disagreement
  /// with each other gives where it is greater.
  private static func spread(at place: Double, around costs: [[Double]]) -> FocalLengthEstimate? {
    let count = Double(costs[1].count)
    var (curvature, squares) = (0.0, 0.0)
    for ((before, here), after) in zip(zip(costs[0], costs[1]), costs[2]) {
      let slope = (after - before) / (2 * step)
      curvature += (after - 2 * here + before) / (step * step)
      squares += slope * slope
    }
    guard curvature > 0, curvature.isFinite else { return nil }
    let stated = curvature / (identityEffect * identityEffect)
    let shown =
      count > 1 && squares > 0 ? curvature * curvature * (count - 1) / (count * squares) : stated
    let information = min(stated, shown) + 1 / (priorSigma * priorSigma)
    return FocalLengthEstimate(
      factor: exp(place), sigma: (1 / information).squareRoot(), faces: costs[1].count)
  }

  private static func camera(_ factor: Double) -> Intrinsics {
    Intrinsics(focalLength: SIMD2(repeating: factor), principalPoint: .zero)
  }
}
