internal import Geometry
public import Schema

/// How well a dataset's annotations agree with the predictions, and what does not agree.
public struct ValidationReport: Sendable {
  /// How many images were compared.
  public let images: Int
  /// How many faces are annotated.
  public let labels: Int
  /// How many faces were detected.
  public let predictions: Int
  /// How many annotated faces were matched with a detected one.
  public let matched: Int
  let besideSingleFaces: Int
  let overlaps: ThinnedSample<Double>
  let errors: ThinnedSample<Double>
  let angles: ThinnedSample<Double>
  /// Nil where no rotations could be compared.
  public internal(set) var rotation: RotationVerdict?
  /// The surest first; boxes and landmarks before rotations and single faces.
  public internal(set) var findings: [Finding] = []

  /// For people: what was compared, how well it agrees, then one line for each finding.
  public var text: String {
    var lines = [
      "compared   \(images) images, \(labels) annotated and \(predictions) detected faces; \(matched) are the same"
    ]
    if let overlap = Robust.median(overlaps.elements) {
      lines.append("boxes      median overlap \(decimal(overlap, 2)) of \(overlaps.count) faces")
    }
    if let error = Robust.median(errors.elements) {
      lines.append(
        "landmarks  median error \(percent(error)) of a face's size, \(errors.count) faces")
    }
    if let rotation {
      let degrees = 180 / Double.pi
      let vector = rotation.asIs.offset.rotationVector * degrees
      lines.append(
        "rotations  median angle \(decimal(rotation.asIs.medianAngle * degrees, 1)) degrees, \(rotation.faces) faces; constant part \(decimal(vector.x, 1)), \(decimal(vector.y, 1)), \(decimal(vector.z, 1)) degrees about x, y, z, spread about it \(decimal(rotation.asIs.spread * degrees, 1))"
      )
    }
    if besideSingleFaces > 0 {
      lines.append(
        "note       \(besideSingleFaces) more faces are in images of which one is annotated; no image here has two"
      )
    }
    lines += findings.map { "finding    \($0.line)".printable }
    if findings.isEmpty { lines.append("findings   none") }
    return lines.map { $0 + "\n" }.joined()
  }

  /// For programs: an object of schema `sixdof.validation/1`; numbers that do not exist are null.
  public var json: JSONValue {
    let degrees = 180 / Double.pi
    func median(_ sample: ThinnedSample<Double>, _ factor: Double = 1) -> JSONValue {
      Robust.median(sample.elements).map { .double(factor * $0) } ?? .null
    }
    var rotations = JSONValue.null
    if let rotation {
      let vector = rotation.asIs.offset.rotationVector * degrees
      rotations = .object([
        ("faces", .integer(rotation.faces)),
        ("median_angle_deg", .double(degrees * rotation.asIs.medianAngle)),
        ("offset_deg", .array([.double(vector.x), .double(vector.y), .double(vector.z)])),
        ("spread_deg", .double(degrees * rotation.asIs.spread)),
      ])
    }
    return .object([
      ("schema", .text("sixdof.validation/1")), ("images", .integer(images)),
      ("annotated_faces", .integer(labels)), ("detected_faces", .integer(predictions)),
      ("same_faces", .integer(matched)), ("compared_faces", .integer(overlaps.count)),
      ("beside_single_faces", .integer(besideSingleFaces)), ("median_iou", median(overlaps)),
      ("median_landmark_error_percent", median(errors, 100)),
      ("median_angle_deg", median(angles, degrees)), ("rotation", rotations),
      ("findings", .array(findings.map(\.json))),
    ])
  }
}
