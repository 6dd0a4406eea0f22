/// A pose fitted to landmarks, how well it explains them, and how far it can be trusted.
public struct PoseFit: Sendable {
  /// The translation is in the model's unit.
  public var extrinsics: Extrinsics
  /// Root mean square distance between landmarks and projected model points, in pixels.
  public var reprojectionError: Double
  /// How many landmarks were used.
  public var points: Int
  /// Of the pose's error, in radians and the model's unit.
  public var covariance: PoseCovariance
  /// The reprojection error of a second minimum more than 10° away, divided by that of this one, or by what the
  /// stated uncertainty expects where that is greater. nil where no second minimum was found or looked for.
  public var secondMinimumRatio: Double?
}

/// The covariance of a pose's error δ: the true pose is exp(δ[0..<3]) R, t + δ[3..<6].
///
/// δ holds a rotation vector about the camera axes in radians, then the translation of the model's
/// origin in the model's unit.
public struct PoseCovariance: Sendable {
  /// The lower triangle by rows.
  var lower: InlineArray<21, Double>

  /// The entry of two of δ's parameters, from 0 to 5.
  public subscript(row: Int, column: Int) -> Double {
    lower[PoseEquations.index(max(row, column), min(row, column))]
  }

  /// Standard deviations about the camera's axes, in radians.
  public var rotationSigma: SIMD3<Double> { rotationVariance.squareRoot() }
  /// Standard deviations along the camera's axes, in the model's unit.
  public var translationSigma: SIMD3<Double> { translationVariance.squareRoot() }

  var rotationVariance: SIMD3<Double> { SIMD3(self[0, 0], self[1, 1], self[2, 2]) }
  var translationVariance: SIMD3<Double> { SIMD3(self[3, 3], self[4, 4], self[5, 5]) }
}
