internal import Codecs
internal import Geometry
internal import Schema

/// The header of HRNet's tables: `image,scale,[box_size,]center_w,center_h,x0,y0,…`, where names of points may have other
/// words around their numbers (`original_0_x`).
struct HRNetColumns {
  /// The names of the columns before the points.
  let lead: [String]
  /// How many points follow.
  let count: Int

  /// - Returns: nil where the header has no centre and scale, or other columns than pairs after them.
  init?(_ line: UnsafeRawBufferPointer) {
    let fields = TextFields(line, at: UInt8(ascii: ","))
    guard fields.count > 6 else { return nil }
    let names = (0..<fields.count).map { fields.text($0).lowercased() }
    guard let last = names.firstIndex(of: "center_h"), last > 2, names[last - 1] == "center_w",
      names[..<last].contains("scale"), names[0].hasPrefix("image")
    else { return nil }
    let points = names[(last + 1)...]
    guard points.count.isMultiple(of: 2), !points.isEmpty, Self.areInOrder(Array(points)) else {
      return nil
    }
    lead = Array(names[...last])
    count = points.count / 2
  }

  /// Whether names are pairs of x and y whose numbers, where they have some, ascend one by one: in another order the
  /// columns would be read as other points.
  private static func areInOrder(_ names: [String]) -> Bool {
    var first: Int?
    for i in stride(from: 0, to: names.count, by: 2) {
      let digits = names[i].filter(\.isNumber)
      guard digits == names[i + 1].filter(\.isNumber), names[i].contains("x"),
        names[i + 1].contains("y"), !names[i].contains("y"), !names[i + 1].contains("x")
      else { return false }
      guard let number = Int(digits) else { continue }
      first = first ?? number
      guard first.map({ number == $0 + i / 2 }) ?? true else { return false }
    }
    return true
  }
}

/// A row of HRNet's tables: an image, the centre of a face, its size in units of 200 pixels, and points in pixels, which
/// are kept as they stand. The number of points tells the dataset.
struct HRNetRow: RowForm {
  private static let mark = UInt8(ascii: ",")
  private let columns: HRNetColumns
  private let options: ReadingOptions
  private var fields = TextFields()

  /// - Throws: `AnnotationFault` where the header is none of these tables'.
  static func reader(
    _ file: AnnotationFile, _ options: ReadingOptions
  ) throws -> RowListReader<HRNetRow> {
    guard let (columns, start, line) = file.header(HRNetColumns.init) else {
      throw AnnotationFault(
        .malformedRecord, at: file.place(),
        "header: expected image, scale, center_w, center_h and points, found others")
    }
    return RowListReader(
      file, options, HRNetRow(columns: columns, options: options), from: start, line: line)
  }

  private init(columns: HRNetColumns, options: ReadingOptions) {
    (self.columns, self.options) = (columns, options)
  }

  func name(in line: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
    TextFields.field(0, of: line, at: Self.mark).flatMap { $0.isEmpty ? nil : $0 }
  }

  mutating func read(
    _ line: UnsafeRawBufferPointer, into draft: inout ImageDraft, at place: SourceLocation
  ) throws(RowProblem) {
    fields.read(line, at: Self.mark)
    let lead = columns.lead.count
    guard fields.count == lead + 2 * columns.count, let numbers = fields.numbers(from: 1) else {
      // NaN stands for a missing point.
      let broken =
        fields.count == lead + 2 * columns.count
        ? RowProblem.ofNumbers(fields, 1..<fields.count, where: { _ in true }) : nil
      throw broken
        ?? RowProblem(
          expected: "an image and \(lead - 1 + 2 * columns.count) numbers", foundIn: line)
    }
    var face = FaceDraft()
    let points = (0..<columns.count).map { i -> Landmarks.Point in
      let position = SIMD2(numbers[lead - 1 + 2 * i], numbers[lead + 2 * i])
      // AFLW's invisible points are -1, or NaN.
      let isMissing = position == SIMD2(-1, -1) || position.x.isNaN || position.y.isNaN
      return isMissing ? .missing : Landmarks.Point(position)
    }
    face.points = points.compactMap { $0.visibility == .missing ? nil : $0.position }
    face.landmarks = Self.landmarks(points, options)
    for (name, number) in zip(columns.lead.dropFirst(), numbers) {
      face.native.append((name, .double(number)))
    }
    if face.landmarks == nil || columns.count != face.landmarks?.count {
      face.keep(points: points.map(\.position))
    }
    draft.faces.append(face)
  }

  /// WFLW's points as `WFLWRow` has them, COFW's pupils, nose tip and corners of the mouth, and AFLW's without the ears.
  private static func landmarks(
    _ points: [Landmarks.Point], _ options: ReadingOptions
  ) -> Landmarks? {
    switch points.count {
    case 98: return Landmarks(layout: .ibug68, points: WFLWRow.sixtyEight.map { points[$0] })
    case 29: return Landmarks(layout: .face5, points: COFWPart.fivePoints.map { points[$0] })
    case 19:
      var all = Landmarks(layout: .aflw21)
      for (place, point) in zip(AFLW19List.points, points) { all[place] = point }
      return all
    default: return PointMap(count: points.count)?.landmarks(options) { points[$0] }
    }
  }
}
