internal import Geometry
internal import Schema

/// Gathers what the checks find in one record, and places it.
struct FindingCollector {
  let record: ImageRecord
  private(set) var findings: [Finding] = []

  init(_ record: ImageRecord) { self.record = record }

  mutating func add(_ finding: Finding) { findings.append(finding) }

  /// - Parameters:
  ///   - face: its index; nil for the image as a whole.
  ///   - detail: "what: expected X, found Y"; the face, and the image where no line says which, are put before.
  mutating func add(
    _ check: Check, face: Int? = nil, measure: Double? = nil, _ detail: String
  ) {
    findings.append(
      Finding(check, in: record, face: face, measure: measure, detail))
  }
}

extension Finding {
  /// A finding on a record at hand, or on one of its faces.
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
  /// At most three decimals, for messages.
  var text: String {
    guard isFinite, magnitude < 1e12 else { return description }
    let rounded = (self * 1000).rounded() / 1000
    return rounded == rounded.rounded() ? String(Int(rounded)) : rounded.description
  }
}

extension BoundingBox {
  /// The square root of the area, in pixels; 0 of a degenerate box.
  var size: Double { isDegenerate ? 0 : (width * height).squareRoot() }

  /// "12, 4.5, 60, 70", for messages.
  var text: String { "\(left.text), \(top.text), \(right.text), \(bottom.text)" }
}

extension SIMD2<Double> {
  /// "12, 4.5", for messages.
  var text: String { "\(x.text), \(y.text)" }
}
