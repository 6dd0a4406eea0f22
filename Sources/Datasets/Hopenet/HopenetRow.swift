internal import Codecs
internal import Geometry
internal import Schema

/// A line of the text that `test_on_video.py` of deep-head-pose and its descendants write: a frame's number and three
/// angles in degrees with six decimals, one face a line, without a box or the image's name.
///
/// Nothing in it tells what the angles are, so the user has to name their convention. The script's order is yaw, pitch,
/// roll. A system with another order of its own writes in that one; `aflw` names the meaning of angles and no system.
struct HopenetRow: RowForm {
  private let convention: EulerConvention
  private var fields = TextFields()

  /// - Throws: `AnnotationFault` where the user named no convention of angles.
  static func reader(
    _ file: AnnotationFile, _ options: ReadingOptions
  ) throws -> RowListReader<HopenetRow> {
    guard case .euler(let convention)? = options.notation else {
      throw AnnotationFault(
        .malformedRecord, at: file.place(),
        "angles: expected the name of their convention, such as hopenet or 6drepnet, found \(options.notation?.name ?? "none"); numbers alone do not tell it"
      )
    }
    return RowListReader(file, options, HopenetRow(convention: convention))
  }

  private init(convention: EulerConvention) { self.convention = convention }

  /// The order of the angles in a line.
  private var order: [EulerAngles.Name] {
    convention == .aflw ? EulerConvention.hopenet.order : convention.order
  }

  func name(in line: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
    let fields = TextFields(line)
    return fields.count > 0 && Self.frame(fields) != nil ? fields[0] : nil
  }

  func path(of name: String) -> String { "frame \(name)" }

  mutating func read(
    _ line: UnsafeRawBufferPointer, into draft: inout ImageDraft, at place: SourceLocation
  ) throws(RowProblem) {
    fields.read(line, at: nil)
    guard let frame = Self.frame(fields), fields.count == 4, let numbers = fields.numbers(from: 1),
      numbers.allSatisfy({ abs($0) <= 360 })
    else {
      throw RowProblem(
        expected: "a frame's number and three angles in degrees",
        found: "'\(String(decoding: line.prefix(60), as: UTF8.self))'")
    }
    var angles = EulerAngles.zero
    for (name, number) in zip(order, numbers) { angles[name] = number }
    var face = FaceDraft()
    face.setAngles(pitch: angles.pitch, yaw: angles.yaw, roll: angles.roll)
    face.anglesProvenance = .prediction
    face.native.append(("frame", .integer(frame)))
    draft.faces.append(face)
  }

  private static func frame(_ fields: TextFields) -> Int? {
    guard let frame = fields.integer(0), frame >= 0, !fields[0].contains(UInt8(ascii: ".")) else {
      return nil
    }
    return frame
  }

  /// Whether most lines are a whole number and three with decimals; four whole numbers are rather a box.
  static func areRows(_ lines: [UnsafeRawBufferPointer]) -> Bool {
    let rows = lines.count { line in
      let fields = TextFields(line)
      return fields.count == 4 && frame(fields) != nil
        && (1...3).allSatisfy { i in
          fields[i].contains(UInt8(ascii: ".")) && fields.number(i).map { abs($0) <= 360 } ?? false
        }
    }
    return rows > 0 && 2 * rows > lines.count
  }
}
