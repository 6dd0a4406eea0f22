internal import Codecs
internal import Geometry
internal import Glibc
internal import Schema

/// FDDB's lists: an image's name without its ending, the number of its faces, and a line for each:
/// `major_radius minor_radius angle centre_x centre_y 1`, in pixels, with the angle of the major axis from the x axis in
/// radians, y down. A face's box is the ellipse's bounds.
struct FDDBBlock: BlockForm {
  private var fields = TextFields()
  /// The number of faces that stands before them.
  private var announced: Int?
  private var rows = 0

  /// What a line is, by the number and kind of its words.
  private enum Kind {
    case blank, name, count(Int), row
  }

  private static func kind(_ fields: TextFields) -> Kind {
    if fields.count == 0 { return .blank }
    if fields[0].contains(UInt8(ascii: "/")) { return .name }
    if fields.count > 1 { return .row }
    if let count = fields.integer(0) { return .count(count) }
    return fields.number(0) == nil ? .name : .row
  }

  func isName(_ line: UnsafeRawBufferPointer) -> Bool {
    if case .name = Self.kind(TextFields(line)) { true } else { false }
  }

  func image(in line: UnsafeRawBufferPointer, at place: SourceLocation) -> ImageDraft {
    ImageDraft(
      path: FileEnding.completed(String(decoding: line.drop(while: isSpace), as: UTF8.self)))
  }

  mutating func face(
    in line: UnsafeRawBufferPointer, isNamed: Bool
  ) throws(RowProblem) -> FaceDraft? {
    fields.read(line, at: nil)
    switch Self.kind(fields) {
    case .blank: return nil
    case .count(let count) where isNamed && announced == nil && rows == 0:
      announced = count
      return nil
    default:
      rows += 1
      guard isNamed else { throw RowProblem(expected: "the name of an image", foundIn: line) }
      return try Self.face(fields, line)
    }
  }

  mutating func issues(ofBlockAt place: SourceLocation) -> [RecordIssue] {
    defer { (announced, rows) = (nil, 0) }
    guard announced != rows else { return [] }
    let expected = announced.map { "\($0) as announced" } ?? "their number before them"
    return [
      RecordIssue(.malformedRecord, at: place, "rows: expected \(expected), found \(rows)")
    ]
  }

  private static func face(
    _ fields: TextFields, _ text: UnsafeRawBufferPointer
  ) throws(RowProblem) -> FaceDraft {
    guard fields.count == 6, let n = fields.numbers(),
      n.allSatisfy(PlausibleRange.coordinate.contains)
    else {
      let broken =
        fields.count == 6
        ? RowProblem.ofNumbers(fields, 0..<6, where: PlausibleRange.coordinate.contains) : nil
      throw broken ?? RowProblem(expected: "6 numbers of an ellipse", foundIn: text)
    }
    guard n[0] > 0, n[1] > 0 else {
      throw RowProblem(expected: "radii above 0", found: "\(n[0]) and \(n[1])")
    }
    var face = FaceDraft()
    face.box = bounds(radii: SIMD2(n[0], n[1]), angle: n[2], centre: SIMD2(n[3], n[4]))
    face.boxOrigin = .ellipse
    let names = ["major_radius", "minor_radius", "angle", "centre_x", "centre_y", "score"]
    face.native.append(
      ("ellipse", .object(zip(names, n).map { (key: $0, value: .double($1)) })))
    return face
  }

  /// The bounds of an ellipse. Along a direction u they are as far from the centre as √((a·u)² + (b·u)²), with a and b
  /// the ellipse's half axes.
  static func bounds(radii: SIMD2<Double>, angle: Double, centre: SIMD2<Double>) -> BoundingBox {
    let (c, s) = (cos(angle), sin(angle))
    let (a, b) = (SIMD2(radii.x * c, radii.x * s), SIMD2(radii.y * s, radii.y * c))
    let half = (a * a + b * b).squareRoot()
    let (low, high) = (centre - half, centre + half)
    return BoundingBox(left: low.x, top: low.y, right: high.x, bottom: high.y)
  }

  /// Whether most rows of a text's first lines are such ellipses. WIDER FACE's blocks have names with an ending, or rows
  /// of other lengths.
  static func areEllipses(_ file: FileGlance) -> Bool {
    var (isNamed, hasCount, rows, others) = (false, false, 0, 0)
    for line in file.lines {
      let fields = TextFields(line)
      switch kind(fields) {
      case .blank: continue
      case .name:
        if file.tolerance != .most, FileEnding.isImage(line) || line.first == UInt8(ascii: "#") {
          return false
        }
        (isNamed, hasCount) = (true, false)
      case .count: hasCount = isNamed
      case .row:
        let isEllipse = hasCount && fields.count == 6 && fields.numbers() != nil
        if isEllipse { rows += 1 } else { others += 1 }
      }
    }
    return rows > others || file.tolerance == .most && rows > 0
  }
}
