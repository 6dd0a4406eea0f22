public import Schema

/// The comparison of one face: annotated, predicted or both.
public struct FaceComparison: Sendable, Equatable {
  /// The image, as the report names it.
  public var path: String
  /// Index of the annotated face in the image's record, from 0; nil where there is none.
  public var label: Int?
  /// Index of the predicted face in the image's record, from 0; nil where there is none.
  public var prediction: Int?
  /// The detector's score; nil without a prediction.
  public var score: Double?
  /// Intersection over union of the two boxes; nil unless both faces are there.
  public var overlap: Double?
  /// The mean distance of the landmarks, in fractions of the predicted face's size.
  public var landmarkError: Double?
  /// Between the two rotations, in radians.
  public var angle: Double?
  /// The ids of the face's findings.
  public var findings: [String] = []

  init(_ path: String, label: Int?, prediction: Int?) {
    self.path = path
    self.label = label
    self.prediction = prediction
  }

  /// The face in words, counted from 1, as messages count boxes.
  var place: String {
    label.map { "\(path): face \($0 + 1)" } ?? "\(path): detection \((prediction ?? 0) + 1)"
  }

  /// The face's line in the table of faces: rounded numbers, with the error in percent and the angle in degrees.
  public var json: JSONValue {
    func number(_ value: Double?, _ parts: Double) -> JSONValue {
      guard let value, value.isFinite else { return .null }
      return .double((value * parts).rounded() / parts)
    }
    func index(_ value: Int?) -> JSONValue { value.map(JSONValue.integer) ?? .null }
    return .object([
      ("image", .text(path)), ("face", index(label)), ("prediction", index(prediction)),
      ("score", number(score, 1e4)), ("iou", number(overlap, 1e4)),
      ("landmark_error_percent", number(landmarkError.map { 100 * $0 }, 100)),
      ("angle_deg", number(angle.map { $0 * 180 / .pi }, 100)),
      ("findings", .array(findings.map(JSONValue.text))),
    ])
  }
}
