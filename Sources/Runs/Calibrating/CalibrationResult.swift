internal import FoundationEssentials
internal import Geometry
internal import Labelling
internal import Schema

/// A mean face that was learnt, and how well it explains the faces that it was learnt from.
struct CalibrationResult {
  let start: FaceModel
  let isPosed: Bool
  let faces: Int
  /// The object frame of the face and of poses that are fitted with it.
  var frame: HeadPose.Frame
  private(set) var model: FaceModel
  private(set) var identitySigma = 0.0
  private var calibration: FaceCalibration?
  private var uncertainty = LandmarkUncertainty()
  private var passes = 0
  /// In degrees.
  private var turning = 0.0
  /// Of a coordinate, in fractions of the interocular distance, with the known and the new face.
  private var residuals = (before: 0.0, after: 0.0)
  /// The mean angles between fitted and annotated poses of the same faces, in degrees; nil where there are none.
  private var angles: (before: Double, after: Double)?
  /// To annotated poses, in degrees, and from how many; nil where there was none.
  private var turned: (degrees: Double, faces: Int)?

  init(start: FaceModel, isPosed: Bool, faces: Int, frame: HeadPose.Frame) {
    (self.start, self.isPosed, self.faces, self.frame) = (start, isPosed, faces, frame)
    model = start
  }

  /// - Parameters:
  ///   - passes: over the faces.
  ///   - isSymmetric: whether the face is kept symmetric.
  ///   - uncertainty: whose placement error is assumed.
  ///   - path: the file that the face will have, for messages.
  /// - Throws: `RunFailure` where the faces do not tell the face's depth; `FaceModelError` where it could be no face.
  mutating func learn(
    _ passes: CalibrationPasses, isSymmetric: Bool, _ uncertainty: LandmarkUncertainty,
    _ path: String
  ) throws {
    var calibration = FaceCalibration(start: start, isPosed: isPosed, isSymmetric: isSymmetric)
    let interocular = calibration.interocularDistance
    var last: ShapeEquations?
    var change = Double.infinity
    while change > FaceCalibration.settledChange, self.passes < FaceCalibration.mostPasses {
      let equations = try passes.equations(
        calibration.points, isPosed: isPosed, interocular: interocular)
      turning = equations.turning * 180 / .pi
      if isPosed || self.passes >= 10 { try checkTurning(calibration) }
      if last == nil { residuals.before = equations.residual / interocular }
      guard let moved = calibration.move(by: equations) else {
        throw RunFailure("\(path): \(lacksViews(found: "points that no two views show"))")
      }
      (change, last) = (moved, equations)
      self.passes += 1
    }
    try checkTurning(calibration)
    guard change <= FaceCalibration.settledChange, let last else {
      throw RunFailure(
        "\(path): \(lacksViews(found: "points that still moved after \(self.passes) passes"))")
    }
    residuals.after = last.residual / interocular
    identitySigma = uncertainty.identity(
      explaining: last.squares / (interocular * interocular), coordinates: last.coordinates,
      faces: last.faces, points: calibration.points, keepsRotation: isPosed)
    self.uncertainty = uncertainty
    self.calibration = calibration
    if isPosed {
      // Faces may differ in ways that turn poses more than the correlation supposes: annotated poses show it.
      let known = try agreement(passes, calibration.points)
      angles = (try agreement(passes, start.points).degrees, known.degrees)
      identitySigma *= max(1, known.excess) * Self.doubt(ofDeviationOver: known.faces)
    }
    model = try calibration.model(path: path, frame: frame, identitySigma: identitySigma)
  }

  private func checkTurning(_ calibration: FaceCalibration) throws {
    guard turning < calibration.leastTurning else { return }
    throw RunFailure(
      "faces: "
        + lacksViews(
          found:
            "faces turned by \(turning.printed("%.1f"))° against each other, where \(calibration.leastTurning.printed("%.0f"))° are needed"
        ))
  }

  private func lacksViews(found: String) -> String {
    "expected faces seen from different sides, for only these show its depth, found \(found); add turned faces"
      + (isPosed ? "" : ", or annotated poses")
  }

  /// Turns the face so that poses fitted with it agree on average with annotated ones.
  ///
  /// - Throws: `FaceModelError` where it could be no face then.
  mutating func turn(to known: CalibrationPasses, _ path: String) throws {
    guard var calibration else { preconditionFailure("a face is learnt before it is turned") }
    var (whole, found) = (Rotation.identity, CalibrationPasses.Agreement())
    for _ in 0..<Self.mostTurns {
      found = try agreement(known, calibration.points)
      let step = found.turn.step
      calibration.turn(by: Rotation(rotationVector: step))
      whole = Rotation(rotationVector: step) * whole
      if length(step) < Self.settledTurn { break }
    }
    turned = (whole.angle(to: .identity) * 180 / .pi, found.faces)
    identitySigma *= max(1, found.excess) * Self.doubt(ofDeviationOver: found.faces)
    self.calibration = calibration
    model = try calibration.model(path: path, frame: frame, identitySigma: identitySigma)
    angles = (
      try agreement(known, start.points).degrees, try agreement(known, model.points).degrees
    )
  }

  /// Of a deviation that so many faces gave, to be on the safe side: its own standard error more.
  private static func doubt(ofDeviationOver faces: Int) -> Double {
    1 + 1 / (2 * Double(max(1, faces))).squareRoot()
  }

  private static let mostTurns = 40
  /// In radians.
  private static let settledTurn = 1e-8

  private func agreement(
    _ passes: CalibrationPasses, _ points: [SIMD3<Double>]
  ) throws -> CalibrationPasses.Agreement {
    var uncertainty = uncertainty
    uncertainty.identity = identitySigma
    return try passes.agreement(points, interocular: start.interocularDistance, uncertainty)
  }

  /// What is said of it.
  var lines: [String] {
    let what = counted(faces, isPosed ? "annotated pose" : "face")
    let residual = (
      before: (100 * residuals.before).printed("%.2f"),
      after: (100 * residuals.after).printed("%.2f")
    )
    var lines = [
      "faces     \(what), turned by \(turning.printed("%.1f"))° against each other",
      "residual  \(residual.before) % of the interocular distance with \(start.name), \(residual.after) % after \(passes) passes",
    ]
    if let turned {
      let poses = counted(turned.faces, "face")
      lines.append(
        "turned    by \(turned.degrees.printed("%.2f"))° to the annotated poses of \(poses)")
    }
    if let angles {
      let (after, before) = (angles.after.printed("%.2f"), angles.before.printed("%.2f"))
      lines.append(
        "poses     fitted to the same faces are \(after)° off the annotated ones (mean), \(before)° with \(start.name)"
      )
    }
    let spread = (100 * identitySigma).printed("%.2f")
    return lines + [
      "spread    \(spread) % of the interocular distance, the identity sigma of labels"
    ]
  }

  /// The same for the note beside the face.
  var json: [(key: String, value: JSONValue)] {
    func both(_ values: (before: Double, after: Double)) -> JSONValue {
      .object([("before", .double(values.before)), ("after", .double(values.after))])
    }
    return [
      ("faces", .integer(faces)), ("passes", .integer(passes)),
      ("turning_deg", .double(turning)), ("relative_residual", both(residuals)),
      ("pose_error_deg", angles.map(both) ?? .null),
      (
        "turned",
        turned.map {
          .object([("degrees", .double($0.degrees)), ("faces", .integer($0.faces))])
        } ?? .null
      ),
    ]
  }
}
