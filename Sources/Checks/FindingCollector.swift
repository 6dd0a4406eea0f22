internal import Geometry
internal import Schema

/// Collects the findings on one record, and adds their places.
struct FindingCollector {
  let record: ImageRecord
  private(set) var findings: [Finding] = []

  init(_ record: ImageRecord) { self.record = record }

  mutating func add(_ finding: Finding) { findings.append(finding) }

  /// - Parameters:
  ///   - face: the face's index; nil for the image as a whole.
  ///   - detail: "what: expected X, found Y". The face is put before it, and the image's name where there is no
  ///     line number.
  mutating func add(
    _ check: Check, face: Int? = nil, measure: Double? = nil, _ detail: String
  ) {
    findings.append(
      Finding(check, in: record, face: face, measure: measure, detail))
  }
}

extension Finding {
  /// A finding on a record, or on one of its faces.
  init(
    _ check: Check, in record: ImageRecord, face: Int?, measure: Double?, _ detail: String
  ) {
    let location = face.map { record.location(ofFace: $0) } ?? record.location
    let what = face.map { "face \($0 + 1), " } ?? ""
    let image = location.line == nil ? "image '\(record.image.path)', " : ""
    self.init(
      check, at: location, record: record.id, face: face, measure: measure,
      image + what + detail)
  }
}

extension Double {
  /// The number with at most three decimals, for messages.
  var text: String {
    guard isFinite, magnitude < 1e12 else { return description }
    let rounded = (self * 1000).rounded() / 1000
    return rounded == rounded.rounded() ? String(Int(rounded)) : rounded.description
  }
}

extension BoundingBox {
  /// The square root of the area, in pixels; 0 for a degenerate box.
  var size: Double { isDegenerate ? 0 : (width * height).squareRoot() }

  /// Left, top, right and bottom for messages, such as "12, 4.5, 60, 70".
  var text: String { "\(left.text), \(top.text), \(right.text), \(bottom.text)" }
}

extension SIMD2<Double> {
  /// Such as "12, 4.5", for messages.
  var text: String { "\(x.text), \(y.text)" }
}
