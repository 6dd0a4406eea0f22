internal import Glibc

/// How far landmarks lie from where the mean face's points appear. All are standard deviations of one coordinate,
/// and the covariance of a fit is based on them.
///
/// The defaults are measured on synthetic faces whose identity differs from the mean face by 3 to 5 % of the
/// interocular distance in each coordinate. With them, nominal 95 % intervals hold the truth in 95 % of cases.
public struct LandmarkUncertainty: Sendable, Equatable {
  /// The error of placing a landmark, in fractions of the interocular distance. It is independent between
  /// landmarks.
  public var placement = 0.01
  /// The difference of a person's face from the mean face, in the same unit. Points nearer to each other than
  /// `correlationLength` differ alike, so 68 points make a pose less certain than their number suggests.
  public var identity = 0.043
  /// The error of rounding to whole pixels, 1 / √12, in pixels.
  public var rounding = 0.29
  /// The length scale ℓ of the identity's correlation exp(−d² / 2ℓ²), in the model's unit: 2 cm, about
  /// the size of an eye.
  public var correlationLength = 0.02

  /// The defaults.
  public init() {}
}

extension LandmarkUncertainty {
  /// The variance of one coordinate without rounding, in squares of the interocular distance.
  var variance: Double { placement * placement + identity * identity }

  /// For each parameter of δ, the factor by which its standard deviation is greater than if the identity's part
  /// were independent from point to point.
  ///
  /// These constants replace the whole of JᵀKJ, which would cost more than the fit.
  func designFactors(of points: [SIMD3<Double>]) -> InlineArray<6, Double> {
    // Without it all factors are 1, and the loop over all pairs of points is spared.
    guard identity > 0 else { return .init(repeating: 1) }
    let effects = designEffects(of: points)
    let (placement, identity) = (placement * placement, identity * identity)
    return .init { ((placement + effects[$0] * identity) / (placement + identity)).squareRoot() }
  }

  /// By how much the identity's correlation raises the variance of each parameter: the diagonal of A⁻¹ JᵀKJ A⁻¹
  /// divided by that of A⁻¹. It is the mean over the poses of `designs`.
  private func designEffects(of points: [SIMD3<Double>]) -> InlineArray<6, Double> {
    var sum: InlineArray<6, Double> = .init(repeating: 0)
    // All pairs of hundreds of points would take long. What pairs add grows with the number of points.
    let step = max(1, points.count / Self.greatestDesign)
    let some = stride(from: 0, to: points.count, by: step).map { points[$0] }
    let density = Double(points.count) / Double(some.count)
    let designs = designs(of: some)
    for (inverse, middle) in designs {
      for parameter in 0..<6 {
        var variance = 0.0
        for i in 0..<6 {
          for j in 0..<6 {
            variance += inverse[parameter, i] * middle[i, j] * inverse[j, parameter]
          }
        }
        let effect = variance / inverse[parameter, parameter]
        sum[parameter] += (1 + density * (effect - 1)) / Double(designs.count)
      }
    }
    return sum
  }

  private static let greatestDesign = 78

  /// A⁻¹ and JᵀKJ, with A = JᵀJ and K the identity's correlation, of five poses of a distant face.
  ///
  /// - Parameters:
  ///   - points: relative to their centroid.
  ///   - keepsRotation: whether the rotation is known, so that its part of A⁻¹ is of no meaning.
  private func designs(
    of points: [SIMD3<Double>], keepsRotation: Bool = false
  ) -> [(inverse: PoseCovariance, middle: PoseCovariance)] {
    let turns: [SIMD3<Double>] = [
      [0, 0, 0], [0, 0.8, 0], [0, -0.8, 0], [0.5, 0, 0], [-0.5, 0, 0],
    ]
    return turns.map { turn in
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
      if keepsRotation { equations.keepRotation() }
      var factor = PoseFactor(equations, damping: .zero)
      var (inverses, middles) = (factor.inverse(), LaneCovariance(lower: correlated.information))
      return (inverses.covariance(lane: 0), middles.covariance(lane: 0))
    }
  }

  /// The identity's standard deviation that explains what residuals faces leave, with this placement error.
  ///
  /// A fitted pose takes a part of the differences between faces with it, the more the more alike near points differ:
  /// the trace of A⁻¹ JᵀKJ, where independent errors lose one coordinate to each parameter. So residuals alone would
  /// understate it.
  ///
  /// - Parameters:
  ///   - squares: the sum of squared residuals, in squares of the interocular distance.
  ///   - coordinates: how many there are: two of each landmark.
  ///   - faces: how many poses were fitted.
  ///   - points: the face model, in metres.
  ///   - keepsRotation: whether only translations were fitted.
  public func identity(
    explaining squares: Double, coordinates: Double, faces: Int, points: [SIMD3<Double>],
    keepsRotation: Bool
  ) -> Double {
    let centre = points.reduce(.zero, +) / Double(points.count)
    let designs = designs(of: points.map { $0 - centre }, keepsRotation: keepsRotation)
    var lost = 0.0
    for (inverse, middle) in designs {
      for i in (keepsRotation ? 3 : 0)..<6 {
        for j in (keepsRotation ? 3 : 0)..<6 {
          lost += inverse[i, j] * middle[j, i] / Double(designs.count)
        }
      }
    }
    // The model's own points were fitted to the same faces.
    let share = max(0, 1 - 3 * Double(points.count) / coordinates)
    let independent = share * (coordinates - Double(faces) * (keepsRotation ? 3 : 6))
    let correlated = share * (coordinates - Double(faces) * lost)
    guard correlated > 0 else { return 0 }
    let rest = squares - placement * placement * independent
    return max(0, rest / correlated).squareRoot()
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
