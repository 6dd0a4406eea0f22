public import Geometry
internal import Glibc

/// How annotated rotations of many faces differ from predicted ones.
public struct RotationComparison: Sendable, Equatable {
  /// A rotation vector as annotated, in radians and possibly beyond a full turn, and the predicted rotation.
  public typealias Pair = (annotated: SIMD3<Double>, predicted: Rotation)

  /// The constant turn between the two object frames: annotated = predicted * offset, in the median.
  public var offset: Rotation
  /// The median angle that is left without the offset, in radians.
  public var spread: Double
  /// The mean angle in radians; each angle counts as at most `greatestAngle`.
  public var meanAngle: Double
  /// The median angle, in radians.
  public var medianAngle: Double

  /// In radians. A network whose pose is further off than this measures nothing.
  static let greatestAngle = 60 * Double.pi / 180

  /// Compares the rotations of many faces.
  ///
  /// - Parameters:
  ///   - pairs: one a face, annotated and predicted.
  ///   - withoutOffset: whether the angles are those that are left without the constant turn.
  /// - Returns: nil if there are no pairs.
  public init?(_ pairs: [Pair], withoutOffset: Bool = false) {
    let turns = pairs.map {
      $0.predicted.transpose * Rotation(rotationVector: $0.annotated)
    }
    guard !turns.isEmpty else { return nil }
    offset = Self.medianRotation(of: turns)
    let back = offset.transpose
    let rest = turns.map { length((back * $0).rotationVector) }
    spread = Robust.median(rest) ?? 0
    let angles = withoutOffset ? rest : turns.map { length($0.rotationVector) }
    meanAngle = angles.reduce(0) { $0 + min($1, Self.greatestAngle) } / Double(angles.count)
    medianAngle = Robust.median(angles) ?? 0
  }

  /// The rotation with the least sum of angles to the given ones, by Weiszfeld's iteration, which begins at the
  /// given rotation with the least sum (Hartley et al., "Rotation Averaging", IJCV 103, 2013). Angles under a
  /// degree count by their squares, for otherwise the iteration could not leave its start.
  static func medianRotation(of rotations: [Rotation]) -> Rotation {
    // If there are many, a start chosen among some is good enough.
    let some = rotations.prefix(64)
    func sum(_ rotation: Rotation) -> Double { some.reduce(0) { $0 + $1.angle(to: rotation) } }
    let sums = some.map(sum)
    var median = rotations[sums.indices.min { sums[$0] < sums[$1] } ?? 0]
    for _ in 0..<50 {
      var (step, weights) = (SIMD3<Double>.zero, 0.0)
      for rotation in rotations {
        let difference = (median.transpose * rotation).rotationVector
        let weight = 1 / max(length(difference), 0.0175)
        step += weight * difference
        weights += weight
      }
      step /= weights
      median = median * Rotation(rotationVector: step)
      if length(step) < 1e-5 { break }
    }
    return median
  }
}

/// The reading of a dataset's rotations that agrees best with the predicted ones.
public struct RotationVerdict: Sendable {
  /// The rotations as annotated.
  public var asIs: RotationComparison
  /// The reading that explains the rotations, and the mean angle in radians that it leaves; nil where the
  /// annotated rotations agree, or no reading explains them.
  public var reading: (reading: RotationReading, meanAngle: Double)?
  /// Readings that agree about as well, so that these faces do not tell them apart.
  public var alternatives: [RotationReading] = []
  /// How many faces were compared.
  public var faces: Int

  /// Compares the rotations as annotated, and by all readings.
  ///
  /// - Parameters:
  ///   - pairs: one a face, annotated and predicted.
  ///   - hasOtherFrame: whether the annotated object frame differs from the predicted one, so that a constant turn
  ///     means nothing.
  ///   - thresholds: the limits of findings.
  /// - Returns: nil if there are no pairs.
  public init?(
    _ pairs: [RotationComparison.Pair], hasOtherFrame: Bool, _ thresholds: ValidationThresholds
  ) {
    guard let asIs = RotationComparison(pairs, withoutOffset: hasOtherFrame) else { return nil }
    self.asIs = asIs
    faces = pairs.count
    guard pairs.count >= thresholds.datasetFaces,
      asIs.meanAngle >= thresholds.rotationGain
    else { return }
    let tried = RotationReading.all.compactMap { reading in
      Self.meanAngle(pairs, reading, hasOtherFrame).map { (reading: reading, meanAngle: $0) }
    }
    guard
      let best = tried.enumerated().min(by: {
        ($0.element.meanAngle, $0.offset) < ($1.element.meanAngle, $1.offset)
      })?.element,
      best.meanAngle <= thresholds.rotationShare * asIs.meanAngle,
      best.meanAngle <= asIs.meanAngle - thresholds.rotationGain
    else { return }
    reading = best
    alternatives = tried.filter {
      $0.reading != best.reading && $0.meanAngle <= 1.1 * best.meanAngle + 0.5 * .pi / 180
    }.map(\.reading)
  }

  /// As `RotationComparison.meanAngle`; the constant turn is computed only where it is to be left out.
  private static func meanAngle(
    _ pairs: [RotationComparison.Pair], _ reading: RotationReading, _ hasOtherFrame: Bool
  ) -> Double? {
    var turns: [Rotation] = []
    for pair in pairs {
      guard let rotation = reading.rotation(of: pair.annotated) else { return nil }
      turns.append(pair.predicted.transpose * rotation)
    }
    let back =
      hasOtherFrame ? RotationComparison.medianRotation(of: turns).transpose : .identity
    return turns.reduce(0) {
      $0 + min(length((back * $1).rotationVector), RotationComparison.greatestAngle)
    } / Double(turns.count)
  }

  /// Whether the frames differ by a constant turn that the axes of a landmark model do not explain.
  ///
  /// - Parameters:
  ///   - limit: the least turn that counts, in radians.
  ///   - thresholds: the limits of findings.
  public func hasOffset(limit: Double, _ thresholds: ValidationThresholds) -> Bool {
    faces >= thresholds.datasetFaces && reading == nil
      && length(asIs.offset.rotationVector) >= limit
      && asIs.spread <= length(asIs.offset.rotationVector) / 2
  }
}
