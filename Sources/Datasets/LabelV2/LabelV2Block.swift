internal import Codecs
internal import Geometry
internal import Schema

/// SCRFD's labelv2.txt: a header of path, width and height, then a line a face: a box alone, or with five points of x, y
/// and a weight, -1 three times for one that is missing. All in pixels; the image's left comes first.
///
/// The box is x1 y1 x2 y2, unlike that of RetinaFace's label.txt. Files of the same look have x y width height; as no x2
/// is less than its x1, one row in which it is tells them.
struct LabelV2Block: BlockForm {
  private let areSizes: Bool
  private var fields = TextFields()

  init(_ file: AnnotationFile) {
    areSizes = file.contents.withBytes { bytes in
      Self.hasReversedBox(bytes, from: TextForm.start(of: bytes))
    }
  }

  func isName(_ line: UnsafeRawBufferPointer) -> Bool { line.first == UInt8(ascii: "#") }

  func image(in line: UnsafeRawBufferPointer, at place: SourceLocation) -> ImageDraft {
    let header = LabelV2Header(line)
    let path = header.map { $0.path[...] } ?? line.dropFirst().drop(while: isSpace)
    var draft = ImageDraft(path: String(decoding: path, as: UTF8.self))
    draft.size = header?.size
    if draft.size == nil {
      draft.issues.append(
        RecordIssue(
          .malformedLine, at: place,
          "header: expected a path, width and height, found \(RowProblem.shown(line))"))
    }
    return draft
  }

  mutating func face(
    in line: UnsafeRawBufferPointer, isNamed: Bool
  ) throws(RowProblem) -> FaceDraft? {
    fields.read(line, at: nil)
    guard fields.count > 0 else { return nil }
    guard isNamed else {
      throw RowProblem(expected: "a header with an image's path", foundIn: line)
    }
    return try face(fields, line)
  }

  func issues(ofBlockAt place: SourceLocation) -> [RecordIssue] { [] }

  private func face(
    _ fields: TextFields, _ text: UnsafeRawBufferPointer
  ) throws(RowProblem) -> FaceDraft {
    guard let n = fields.numbers(), [4, 14, 19].contains(n.count),
      n.allSatisfy(PlausibleRange.coordinate.contains)
    else {
      let broken =
        [4, 14, 19].contains(fields.count)
        ? RowProblem.ofNumbers(
          fields, 0..<fields.count, where: PlausibleRange.coordinate.contains) : nil
      throw broken
        ?? RowProblem(expected: "4 numbers of a box, or 14 or 19 with points", foundIn: text)
    }
    var face = FaceDraft()
    face.box =
      areSizes
      ? BoundingBox(x: n[0], y: n[1], width: n[2], height: n[3])
      : BoundingBox(left: n[0], top: n[1], right: n[2], bottom: n[3])
    guard n.count > 4 else { return face }
    let step = n.count == 19 ? 3 : 2
    let points = (0..<5).map { i -> Landmarks.Point in
      let values = n[(4 + step * i)..<(4 + step * (i + 1))]
      if values.allSatisfy({ $0 == -1 }) { return .missing }
      return Landmarks.Point(SIMD2(n[4 + step * i], n[5 + step * i]))
    }
    face.landmarks = Landmarks(layout: .face5, points: points)
    let weights = step == 3 ? (0..<5).map { n[6 + 3 * $0] } : []
    // 0 and -1 say no more than that a point is there or missing.
    if weights.contains(where: { $0 > 0 }) {
      face.native.append(("weights", .array(weights.map { .double($0) })))
    }
    return face
  }

  /// Whether some box has its third number below its first, or the fourth below the second.
  private static func hasReversedBox(_ bytes: UnsafeRawBufferPointer, from start: Int) -> Bool {
    var (lines, fields) = (TextLines(bytes: bytes, position: start), TextFields())
    while let line = lines.next() {
      let text = lines.text(line.content)
      if text.first == UInt8(ascii: "#") { continue }
      fields.read(text, at: nil)
      guard fields.count >= 4, let x = fields.number(0), let y = fields.number(1),
        let third = fields.number(2), let fourth = fields.number(3)
      else { continue }
      if third < x || fourth < y { return true }
    }
    return false
  }
}
