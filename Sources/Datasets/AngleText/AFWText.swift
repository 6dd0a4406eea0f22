internal import Codecs
internal import Geometry
internal import Schema

extension DatasetDescription {
  /// The text that deep-head-pose reads for AFW: an image, yaw, pitch and roll in degrees and a box, one file a face or a
  /// list. FORMATS-FOREIGN B4.
  static let afwText = DatasetDescription(
    form: "afw-text", title: "AFW text",
    holds: FormContents(box: "x1 y1 x2 y2", pose: "yaw, pitch and roll in degrees"),
    heeds: [.eulerConvention],
    recognises: { file in
      guard file.json == nil, file.xml == nil else { return nil }
      return file.accepts(file.lines.count { AFWTextRow.Line($0) != nil })
        ? "a list of images, each with yaw, pitch and roll and a box" : nil
    },
    read: { file, options in RowListReader(file, options, AFWTextRow(file, options)) })
}

/// A line of the text that deep-head-pose reads for AFW: `1004109301_1 -15 0 2.5 120 80 260 220`. Its reader takes the
/// angles as they stand, as Hopenet's; a user may name another convention.
struct AFWTextRow: RowForm {
  /// The parts of a line.
  struct Line {
    let name: UnsafeRawBufferPointer
    let angles: EulerAngles
    let box: BoundingBox
    private static let fewestDigits = 6

    /// - Returns: nil where a line is no image with three angles and the corners of a box.
    init?(_ line: UnsafeRawBufferPointer) {
      let fields = TextFields(line)
      guard fields.count == 8, Self.isImage(fields[0]), let n = fields.numbers(from: 1),
        n[..<3].allSatisfy({ abs($0) <= 360 }),
        n[3...].allSatisfy(PlausibleRange.coordinate.contains), n[3] < n[5], n[4] < n[6]
      else { return nil }
      name = fields[0]
      angles = EulerAngles(pitch: n[1], yaw: n[0], roll: n[2])
      box = BoundingBox(left: n[3], top: n[4], right: n[5], bottom: n[6])
    }

    /// Whether a field names an image: by its ending, or as Flickr does, by a number that is too long for a class or a frame.
    static func isImage(_ field: UnsafeRawBufferPointer) -> Bool {
      if FileEnding.isImage(field) { return true }
      let slashes = [UInt8(ascii: "/"), UInt8(ascii: "\\")]
      let last = field.split(whereSeparator: slashes.contains).last ?? field[...]
      let digits = last.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
      let rest = last[digits.endIndex...]
      return digits.count >= fewestDigits && (rest.isEmpty || rest.first == UInt8(ascii: "_"))
    }
  }

  private let file: AnnotationFile
  private let options: ReadingOptions

  init(_ file: AnnotationFile, _ options: ReadingOptions) {
    (self.file, self.options) = (file, options)
  }

  /// A name without an ending is an image's where there is one, else an image's and a face's number after a `_`.
  func name(in line: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
    guard let name = Line(line)?.name else { return nil }
    guard !FileEnding.isImage(name), let mark = name.lastIndex(of: UInt8(ascii: "_")),
      file.image(ofStem: String(decoding: name, as: UTF8.self).plainImagePath, options) == nil
    else { return name }
    return UnsafeRawBufferPointer(rebasing: name[..<mark])
  }

  func refusal(of line: UnsafeRawBufferPointer) -> RowProblem {
    let fields = TextFields(line)
    let names = ["yaw", "pitch", "roll", "x1", "y1", "x2", "y2"]
    guard fields.count > 0, Line.isImage(fields[0]) else {
      return RowProblem(expected: "the name of an image first", foundIn: line)
    }
    guard fields.count == names.count + 1 else {
      return RowProblem(
        expected: "\(names.count) numbers after the image's name",
        found: counted(fields.count - 1, "field"))
    }
    return RowProblem.ofNumbers(
      fields, 1..<4, expected: "an angle up to 360 degrees", named: { names[$0 - 1] },
      where: { abs($0) <= 360 })
      ?? RowProblem.ofNumbers(
        fields, 4..<8, named: { names[$0 - 1] }, where: PlausibleRange.coordinate.contains)
      ?? RowProblem(
        expected: "a box with x1 < x2 and y1 < y2",
        found: (4..<8).map(fields.text).joined(separator: " "))
  }

  func path(of name: String) -> String {
    let plain = name.plainImagePath
    if FileEnding.isImage(plain) { return file.imagePath(name) }
    return file.image(ofStem: plain, options) ?? plain + ".jpg"
  }

  mutating func read(
    _ line: UnsafeRawBufferPointer, into draft: inout ImageDraft, at place: SourceLocation
  ) throws(RowProblem) {
    guard let row = Line(line) else {
      throw RowProblem(expected: "an image, three angles in degrees and a box", foundIn: line)
    }
    var face = FaceDraft()
    face.box = row.box
    face.setAngles(pitch: row.angles.pitch, yaw: row.angles.yaw, roll: row.angles.roll)
    draft.faces.append(face)
  }
}
