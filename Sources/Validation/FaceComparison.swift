public import Schema

/// What is said of one face, annotated, predicted or both.
public struct FaceComparison: Sendable, Equatable {
  public var path: String
  /// Indices in the image's records, from 0; nil where there is none.
  public var label: Int?
  public var prediction: Int?
  public var score: Double?
  public var overlap: Double?
  /// In fractions of the predicted face's size.
  public var landmarkError: Double?
  /// In radians.
  public var angle: Double?
  /// The ids of its findings.
  public var findings: [String] = []

  init(_ path: String, label: Int?, prediction: Int?) {
    self.path = path
    self.label = label
    self.prediction = prediction
  }

  /// Counted from 1, as messages count boxes.
  var place: String {
    label.map { "\(path): face \($0 + 1)" } ?? "\(path): detection \((prediction ?? 0) + 1)"
  }

  /// A line of the table of faces.
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
