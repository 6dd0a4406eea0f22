internal import Glibc

/// How far landmarks lie from where the mean face's points appear: standard deviations of one
/// coordinate, on which the covariance of a fit is based.
///
/// The defaults are measured on synthetic faces whose identity differs from the mean face's by 3 to 5 % of
/// the interocular distance a coordinate: with them nominal 95 % intervals hold the truth in 95 %.
public struct LandmarkUncertainty: Sendable, Equatable {
  /// Of placing a landmark, in fractions of the interocular distance; independent from one to the next.
  public var placement = 0.01
  /// Of a person's face about the mean face, in the same unit. Points nearer to each other than
  /// `correlationLength` err alike, so 68 of them do not make a pose as certain as their number says.
  public var identity = 0.043
  /// Of rounding to whole pixels, 1 / √12, in pixels.
  public var rounding = 0.29
  /// The length scale ℓ of the identity's correlation exp(−d² / 2ℓ²), in the model's unit: 2 cm, about
  /// the size of an eye.
  public var correlationLength = 0.02

  public init() {}
}

extension LandmarkUncertainty {
  /// Of one coordinate, in squares of the interocular distance.
  var variance: Double { placement * placement + identity * identity }

  /// By how much the standard deviation of each parameter of δ is greater than it would be if the
  /// identity's share were independent from point to point.
  ///
  /// These constants stand for the whole of JᵀKJ, which would cost more than the fit.
  func designFactors(of points: [SIMD3<Double>]) -> InlineArray<6, Double> {
    // All pairs of points would be gone through for nothing.
    guard identity > 0 else { return .init(repeating: 1) }
    let effects = designEffects(of: points)
    let (placement, identity) = (placement * placement, identity * identity)
    return .init { ((placement + effects[$0] * identity) / (placement + identity)).squareRoot() }
  }

  /// By how much the identity's correlation raises the variance of each parameter: the diagonal of
  /// A⁻¹ JᵀKJ A⁻¹ over that of A⁻¹, with A = JᵀJ and K the correlation, in the mean over some poses of
  /// a distant face. `points` are relative to their centroid.
  private func designEffects(of points: [SIMD3<Double>]) -> InlineArray<6, Double> {
    var sum: InlineArray<6, Double> = .init(repeating: 0)
    let turns: [SIMD3<Double>] = [
      [0, 0, 0], [0, 0.8, 0], [0, -0.8, 0], [0.5, 0, 0], [-0.5, 0, 0],
    ]
    for turn in turns {
      let rotation = Rotation(rotationVector: turn)
      let jacobian = points.flatMap { Self.jacobian(of: rotation * $0, depth: 20 * extent(points)) }
      var equations = PoseEquations()
      var correlated = PoseEquations()
      for (i, row) in jacobian.enumerated() {
        for (j, other) in jacobian.enumerated() where i % 2 == j % 2 {
          let offset = length(points[i / 2] - points[j / 2]) / correlationLength
          equations.add(row, other, times: i == j ? 1 : 0)
          correlated.add(row, other, times: exp(-0.5 * offset * offset))
        }
      }
      var factor = PoseFactor(equations, damping: .zero)
      var (inverses, middles) = (factor.inverse(), LaneCovariance(lower: correlated.information))
      let (inverse, middle) = (inverses.covariance(lane: 0), middles.covariance(lane: 0))
      for parameter in 0..<6 {
        var variance = 0.0
        for i in 0..<6 {
          for j in 0..<6 {
            variance += inverse[parameter, i] * middle[i, j] * inverse[j, parameter]
          }
        }
        sum[parameter] += variance / inverse[parameter, parameter] / Double(turns.count)
      }
    }
    return sum
  }

  private func extent(_ points: [SIMD3<Double>]) -> Double { points.map(length).max() ?? 0 }

  /// The rows of J for one point at `arm` from a centroid on the optical axis.
  private static func jacobian(of arm: SIMD3<Double>, depth: Double) -> [InlineArray<6, Double>] {
    let z = arm.z + depth
    let (u, v) = (arm.x / z, arm.y / z)
    return [
      [-u * arm.y, arm.z + u * arm.x, -arm.y, 1, 0, -u],
      [-arm.z - v * arm.y, v * arm.x, arm.x, 0, 1, -v],
    ]
  }
}

extension PoseEquations {
  fileprivate mutating func add(
    _ row: InlineArray<6, Double>, _ other: InlineArray<6, Double>, times factor: Double
  ) {
    for i in 0..<6 {
      for j in 0...i {
        information[Self.index(i, j)] += Lanes(repeating: factor * row[i] * other[j])
      }
    }
  }
}
