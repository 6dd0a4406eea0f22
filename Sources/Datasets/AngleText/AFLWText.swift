internal import Codecs
internal import Geometry
internal import Schema

extension DatasetDescription {
  /// The text that trainers export from AFLW's database: an image of AFLW's and yaw, pitch and roll in radians, one file an
  /// image (deep-head-pose) or a list. FORMATS-FOREIGN B4.
  static let aflwText = DatasetDescription(
    form: "aflw-text", title: "AFLW text",
    holds: FormContents(
      pose: "yaw, pitch and roll in radians, as AFLW's database means them",
      loses: "numbers after the angles, which stay in native; it has no boxes"),
    heeds: [.eulerConvention, .angleUnit],
    recognises: { file in
      guard file.json == nil, file.xml == nil else { return nil }
      let rows = file.lines.count { AFLWTextRow.Line($0)?.areRadians == true }
      guard file.accepts(rows) else { return nil }
      return "a list of AFLW's images with yaw, pitch and roll within pi, so in radians"
    },
    read: { file, options in RowListReader(file, options, AFLWTextRow(file, options)) })
}

/// A line of the text that deep-head-pose reads for AFLW: `image00002 0.31 -0.12 0.05`. The numbers are those of the
/// database, of R = Ry(yaw) Rx(−pitch) Rz(−roll) (`EulerConvention.aflwDatabase`); a user may name another convention that
/// they were rewritten in.
struct AFLWTextRow: RowForm {
  /// The parts of a line.
  struct Line {
    let name: UnsafeRawBufferPointer
    /// Yaw, pitch, roll.
    let angles: [Double]
    let others: [Double]

    /// - Returns: nil where a line is no image of AFLW's with three numbers or more.
    init?(_ line: UnsafeRawBufferPointer) {
      let fields = TextFields(line, at: Self.mark(of: line))
      guard fields.count >= 4, AFLWTextRow.isImage(fields[0]),
        let numbers = fields.numbers(from: 1), numbers.allSatisfy(\.isFinite)
      else { return nil }
      (name, angles, others) = (fields[0], Array(numbers[..<3]), Array(numbers[3...]))
    }

    static func mark(of line: UnsafeRawBufferPointer) -> UInt8? {
      let comma = UInt8(ascii: ",")
      return line.contains(comma) ? comma : nil
    }

    var areRadians: Bool { AngleUnit.mayBeRadians(angles) }
  }

  private let file: AnnotationFile
  private let options: ReadingOptions

  init(_ file: AnnotationFile, _ options: ReadingOptions) {
    (self.file, self.options) = (file, options)
  }

  /// Whether a name is `image` and five digits, as all of AFLW's are, with folders, an ending or a face's number or without.
  static func isImage(_ name: UnsafeRawBufferPointer) -> Bool {
    let text = String(decoding: name, as: UTF8.self)
    let stem = text.split { $0 == "/" || $0 == "\\" }.last ?? ""
    let digits = stem.dropFirst(5).prefix { $0.isASCII && $0.isNumber }
    let rest = stem.dropFirst(5 + digits.count)
    return stem.hasPrefix("image") && digits.count == 5
      && (rest.isEmpty || rest.first == "." || rest.first == "_" || rest.first == "-")
  }

  func name(in line: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? { Line(line)?.name }

  func refusal(of line: UnsafeRawBufferPointer) -> RowProblem {
    let fields = TextFields(line, at: Line.mark(of: line))
    let names = ["yaw", "pitch", "roll"]
    guard fields.count > 0, Self.isImage(fields[0]) else {
      return RowProblem(expected: "an image of AFLW's, such as image00002, first", foundIn: line)
    }
    guard fields.count > names.count else {
      return RowProblem(
        expected: "yaw, pitch and roll after the image's name",
        found: counted(fields.count - 1, "field"))
    }
    return RowProblem.ofNumbers(
      fields, 1..<fields.count, named: { $0 <= names.count ? names[$0 - 1] : nil })
      ?? RowProblem(expected: "an image of AFLW's and yaw, pitch and roll", foundIn: line)
  }

  /// A name without an ending gets that of the image that is there, else `.jpg`, which all of AFLW's have.
  func path(of name: String) -> String {
    let plain = name.plainImagePath
    if FileEnding.isImage(plain) { return file.imagePath(name) }
    return file.image(ofStem: plain, options) ?? plain + ".jpg"
  }

  mutating func read(
    _ line: UnsafeRawBufferPointer, into draft: inout ImageDraft, at place: SourceLocation
  ) throws(RowProblem) {
    guard let row = Line(line) else {
      throw RowProblem(
        expected: "an image of AFLW's and yaw, pitch and roll in radians", foundIn: line)
    }
    let unit = options.angleUnit ?? .radians
    guard unit == .degrees || row.areRadians else {
      throw RowProblem(
        expected: "radians up to pi ('--angle-unit degrees' reads degrees)",
        found: row.angles.map(\.description).joined(separator: ", "))
    }
    let degrees = row.angles.map { $0 * unit.inDegrees }
    var face = FaceDraft()
    let convention = options.notation == nil ? .aflwDatabase : options.eulerConvention
    face.setAngles(pitch: degrees[1], yaw: degrees[0], roll: degrees[2], convention)
    if !row.others.isEmpty {
      face.native.append(("numbers", .array(row.others.map { .double($0) })))
    }
    face.setWholeImage(options.imageSize(of: draft.path))
    draft.faces.append(face)
  }
}
