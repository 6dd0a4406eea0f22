internal import Codecs
internal import Geometry
internal import Schema

/// The parts of a line: 196 coordinates, in one of the two lists a box and six attributes, and the image's name, which
/// may have blanks.
struct WFLWLine {
  static let points = 98
  static let attributes = ["pose", "expression", "illumination", "make_up", "occlusion", "blur"]
  private static let details = 4 + attributes.count
  /// What the numbers after the points are.
  private static let detailNames = ["x_min", "y_min", "x_max", "y_max"] + attributes

  /// Whether a box and attributes follow the points.
  let hasDetails: Bool
  let name: UnsafeRawBufferPointer

  /// - Returns: nil where the line does not begin with 196 numbers, or no name follows them, or a box and attributes of
  ///   which one is no number.
  init?(_ line: UnsafeRawBufferPointer) {
    var position = 0
    for _ in 0..<2 * Self.points {
      guard let field = Self.nextField(line, &position), DecimalNumber.value(of: field) != nil
      else { return nil }
    }
    let end = position
    var (count, numbers) = (0, 0)
    while count < Self.details, let field = Self.nextField(line, &position) {
      count += 1
      if DecimalNumber.value(of: field) != nil { numbers += 1 }
    }
    hasDetails = numbers == Self.details
    // Ten fields before a name, most of which are numbers, are a box and attributes rather than parts of the name.
    if !hasDetails, position < line.count, 2 * numbers > Self.details { return nil }
    if !hasDetails { position = end }
    while position < line.count, isSpace(line[position]) { position += 1 }
    guard position < line.count else { return nil }
    name = UnsafeRawBufferPointer(rebasing: line[position...])
    // A list of numbers alone names nothing.
    guard DecimalNumber.value(of: name) == nil else { return nil }
  }

  /// Why a line is none.
  static func refusal(of line: UnsafeRawBufferPointer) -> RowProblem {
    let (fields, count) = (TextFields(line), 2 * points)
    guard fields.count > count else {
      let found = (0..<fields.count).prefix { fields.number($0) != nil }.count
      return RowProblem(expected: "\(count) numbers before a name", found: "\(found)")
    }
    let coordinates = RowProblem.ofNumbers(
      fields, 0..<count, named: { "\($0.isMultiple(of: 2) ? "x" : "y") of point \($0 / 2)" },
      where: { _ in true })
    let others = RowProblem.ofNumbers(
      fields, count..<min(fields.count - 1, count + details), named: { detailNames[$0 - count] },
      where: { _ in true })
    return coordinates ?? others
      ?? RowProblem(expected: "a name after the numbers", found: "none")
  }

  /// The bytes up to the next blank; nil at the line's end.
  private static func nextField(
    _ line: UnsafeRawBufferPointer, _ position: inout Int
  ) -> UnsafeRawBufferPointer? {
    while position < line.count, isSpace(line[position]) { position += 1 }
    let start = position
    while position < line.count, !isSpace(line[position]) { position += 1 }
    return position > start ? UnsafeRawBufferPointer(rebasing: line[start..<position]) : nil
  }
}

/// A face of WFLW, in pixels that all its readers take as 0-based.
///
/// The 68 points are those of equal meaning by number. WFLW's jaw points are equidistant along the contour and its
/// brows' the upper edges, so these are near iBUG's, not equal. The image's left comes first in both.
struct WFLWRow: RowForm {
  /// The point of WFLW for each of iBUG's 68.
  static let sixtyEight: [Int] =
    Array(stride(from: 0, through: 32, by: 2)) + Array(33...37) + Array(42...46) + Array(51...59)
    + [60, 61, 63, 64, 65, 67, 68, 69, 71, 72, 73, 75] + Array(76...95)

  private var fields = TextFields()

  func name(in line: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? { WFLWLine(line)?.name }

  func refusal(of line: UnsafeRawBufferPointer) -> RowProblem { WFLWLine.refusal(of: line) }

  mutating func read(
    _ line: UnsafeRawBufferPointer, into draft: inout ImageDraft, at place: SourceLocation
  ) throws(RowProblem) {
    guard let parts = WFLWLine(line) else { throw WFLWLine.refusal(of: line) }
    fields.read(line, at: nil)
    let points = (0..<WFLWLine.points).map { i in
      SIMD2(fields.number(2 * i) ?? .nan, fields.number(2 * i + 1) ?? .nan)
    }
    var face = FaceDraft()
    face.landmarks = Landmarks(
      layout: .ibug68, points: Self.sixtyEight.map { Landmarks.Point(points[$0]) })
    face.points = points
    face.add("landmarks_from", .text("wflw-98"))
    face.keep(points: points)
    if parts.hasDetails { try readDetails(into: &face) }
    draft.faces.append(face)
  }

  /// The box, and attributes of 0 or 1, of which five are WIDER FACE's in two steps.
  private func readDetails(into face: inout FaceDraft) throws(RowProblem) {
    let first = 2 * WFLWLine.points
    let box = (first..<first + 4).map { fields.number($0) ?? .nan }
    face.box = BoundingBox(left: box[0], top: box[1], right: box[2], bottom: box[3])
    for (i, name) in WFLWLine.attributes.enumerated() {
      guard let value = fields.integer(first + 4 + i), (0...1).contains(value) else {
        throw RowProblem(expected: "'\(name)' as 0 or 1", found: "'\(fields.text(first + 4 + i))'")
      }
      switch name {
      case "pose": face.attributes.pose = Int8(value)
      case "expression": face.attributes.expression = Int8(value)
      case "illumination": face.attributes.illumination = Int8(value)
      case "occlusion": face.attributes.occlusion = Int8(value)
      case "blur": face.attributes.blur = Int8(value)
      default: face.add(name, .integer(value))
      }
    }
  }
}
