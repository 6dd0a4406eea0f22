internal import Codecs
internal import Foundation
internal import Geometry
internal import Schema

/// Reads FDDB's lists: an image's name without its ending, the number of its faces, and a line for each:
/// `major_radius minor_radius angle centre_x centre_y 1`, in pixels, with the angle of the major axis from the x axis in
/// radians, y down. A face's box is the ellipse's bounds.
struct FDDBReader: AnnotationSource {
  private let file: AnnotationFile
  private let options: ReadingOptions
  private let source: RecordSource
  private var offset: Int
  private var line = 1

  init(_ file: AnnotationFile, _ options: ReadingOptions) {
    (self.file, self.options) = (file, options)
    source = file.source(options)
    offset = file.contents.withBytes { TextForm.start(of: $0) }
  }

  var position: Int { offset }
  var size: Int { file.contents.count }

  mutating func next() throws -> Outcome? {
    file.contents.withBytes { bytes in
      var lines = TextLines(bytes: bytes, position: offset)
      defer { offset = lines.position }
      return readImage(&lines)
    }
  }

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

  private mutating func readImage(_ lines: inout TextLines) -> Outcome? {
    var fields = TextFields()
    var draft: ImageDraft?
    var (announced, rows, first) = (Int?.none, 0, line)
    var issues: [RecordIssue] = []
    while let next = lines.peek() {
      let text = lines.text(next.content)
      fields.read(text, at: nil)
      let kind = Self.kind(fields)
      if case .name = kind, draft != nil { break }
      _ = lines.next()
      let place = file.place(line: line)
      switch kind {
      case .blank: break
      case .name:
        first = line
        draft = ImageDraft(path: Self.path(text))
      case .count(let count) where draft != nil && announced == nil && rows == 0:
        announced = count
      case .count, .row:
        rows += 1
        do throws(RowProblem) {
          guard draft != nil else {
            throw RowProblem(expected: "the name of an image", found: Self.shown(text))
          }
          var face = try Self.face(fields, text)
          face.line = line
          draft?.faces.append(face)
        } catch {
          issues.append(
            RecordIssue(
              .malformedLine, at: place, "row: expected \(error.expected), found \(error.found)"))
        }
      }
      line += 1
    }
    guard var draft else { return issues.isEmpty ? nil : .notes(issues) }
    if announced != rows {
      let expected = announced.map { "\($0) as announced" } ?? "their number before them"
      issues.append(
        RecordIssue(
          .malformedRecord, at: file.place(line: first), "rows: expected \(expected), found \(rows)"
        ))
    }
    draft.issues = issues
    var source = source
    source.line = first
    return draft.outcome(source, in: file.name, options)
  }

  private static func face(
    _ fields: TextFields, _ text: UnsafeRawBufferPointer
  ) throws(RowProblem) -> FaceDraft {
    guard fields.count == 6, let n = fields.numbers(),
      n.allSatisfy(PlausibleRange.coordinate.contains)
    else {
      throw RowProblem(expected: "6 numbers of an ellipse", found: shown(text))
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
    let half = SIMD2(hypot(radii.x * c, radii.y * s), hypot(radii.x * s, radii.y * c))
    let (low, high) = (centre - half, centre + half)
    return BoundingBox(left: low.x, top: low.y, right: high.x, bottom: high.y)
  }

  /// Names lack the ending `.jpg`.
  private static func path(_ name: UnsafeRawBufferPointer) -> String {
    let text = String(decoding: name.drop(while: isSpace), as: UTF8.self)
    return FileEnding.isImage(name) ? text : text + ".jpg"
  }

  private static func shown(_ text: UnsafeRawBufferPointer) -> String {
    "'\(String(decoding: text.prefix(60), as: UTF8.self))'"
  }

  /// Whether most rows of a text's first lines are such ellipses. WIDER FACE's blocks have names with an ending, or rows
  /// of other lengths.
  static func areEllipses(_ lines: [UnsafeRawBufferPointer]) -> Bool {
    var (isNamed, hasCount, rows, others) = (false, false, 0, 0)
    for line in lines {
      let fields = TextFields(line)
      switch kind(fields) {
      case .blank: continue
      case .name:
        if FileEnding.isImage(line) || line.first == UInt8(ascii: "#") { return false }
        (isNamed, hasCount) = (true, false)
      case .count: hasCount = isNamed
      case .row:
        let isEllipse = hasCount && fields.count == 6 && fields.numbers() != nil
        if isEllipse { rows += 1 } else { others += 1 }
      }
    }
    return rows > others
  }
}
