/// A pose fitted to landmarks, how well it explains them, and how far it can be trusted.
public struct PoseFit: Sendable {
  public var extrinsics: Extrinsics
  /// Root mean square distance between landmarks and projected model points, in pixels.
  public var reprojectionError: Double
  /// How many landmarks took part.
  public var points: Int
  public var covariance: PoseCovariance
  /// The reprojection error of another minimum, where the search for one found it more than 10° away,
  /// over this one's or what the stated uncertainty expects, whichever is greater. nil where none was
  /// found, or none looked for.
  public var secondMinimumRatio: Double?
}

/// The covariance of a pose's error δ: the true pose is exp(δ[0..<3]) R, t + δ[3..<6].
///
/// δ holds a rotation vector about the camera axes in radians, then the translation of the model's
/// origin in the model's unit.
public struct PoseCovariance: Sendable {
  /// The lower triangle by rows.
  var lower: InlineArray<21, Double>

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
