internal import Codecs
internal import Schema

/// The parts of a line of a text of angles, between blanks.
struct AngleLine {
  /// What comes before the angles: a frame's number, or an image's name, which may have blanks.
  let name: UnsafeRawBufferPointer
  /// Nil for an image's name.
  let frame: Int?
  /// The angles, in the order of the line.
  let numbers: [Double]
  /// Whether all angles have a decimal point.
  private let haveDecimals: Bool

  /// - Returns: nil where a line is no frame or image with three angles up to 360 degrees.
  init?(_ line: UnsafeRawBufferPointer) {
    let fields = TextFields(line)
    guard fields.count >= 4, let start = fields[0].baseAddress else { return nil }
    let last = fields.count - 4
    guard let end = fields[last].baseAddress else { return nil }
    name = UnsafeRawBufferPointer(start: start, count: end - start + fields[last].count)
    var numbers: [Double] = []
    var haveDecimals = true
    for i in 0..<3 {
      let field = fields[last + 1 + i]
      guard let number = DecimalNumber.value(of: field), abs(number) <= 360 else { return nil }
      numbers.append(number)
      haveDecimals = haveDecimals && field.contains(UInt8(ascii: "."))
    }
    (self.numbers, self.haveDecimals) = (numbers, haveDecimals)
    if FileEnding.isImage(name) {
      frame = nil
    } else {
      guard fields.count == 4, !fields[0].contains(UInt8(ascii: ".")),
        let number = fields.integer(0), number >= 0
      else { return nil }
      frame = number
    }
  }

  /// Why a line is none.
  static func refusal(of line: UnsafeRawBufferPointer) -> RowProblem {
    let fields = TextFields(line)
    guard fields.count >= 4 else {
      return RowProblem(
        expected: "a frame or image and three angles", found: counted(fields.count, "field"))
    }
    return RowProblem.ofNumbers(
      fields, fields.count - 3..<fields.count, expected: "an angle up to 360 degrees",
      where: { abs($0) <= 360 })
      ?? RowProblem(
        expected: "a frame's number or an image's name before three angles", foundIn: line)
  }

  /// Why lines are such a text, in words that follow "it is"; nil where they are not. Four whole numbers are rather a box
  /// than a frame with angles, and a broken line does not decide what the others are.
  static func kind(of file: FileGlance) -> String? {
    let rows = file.lines.compactMap(AngleLine.init).filter { $0.frame == nil || $0.haveDecimals }
    guard let first = rows.first, 2 * rows.count > file.lines.count || file.accepts(rows.count)
    else { return nil }
    return "a list of \(first.frame == nil ? "images" : "frame numbers") with three angles each"
  }
}
