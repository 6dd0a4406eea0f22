internal import Codecs
internal import Geometry
internal import Schema

/// A line of a text of angles. `test_on_video.py` of deep-head-pose and its descendants write a frame's number and yaw,
/// pitch and roll with six decimals, one face a line, without a box or the image's name.
///
/// Nothing in it tells what the angles are, so the user has to name their convention, which tells their order, too
/// (`orderInTexts`).
struct AngleTextRow: RowForm {
  private let convention: EulerConvention
  private let options: ReadingOptions
  var notes = AngleDoubt()

  /// - Throws: `AnnotationFault` where the user named no convention of angles.
  static func reader(
    _ file: AnnotationFile, _ options: ReadingOptions
  ) throws -> RowListReader<AngleTextRow> {
    guard case .euler(let convention)? = options.notation else {
      throw AnnotationFault(
        .malformedRecord, at: file.place(),
        "angles: expected the name of their convention, such as hopenet or 6drepnet, found \(options.notation?.name ?? "none"); numbers alone do not tell it"
      )
    }
    return RowListReader(file, options, AngleTextRow(convention, options))
  }

  private init(_ convention: EulerConvention, _ options: ReadingOptions) {
    (self.convention, self.options) = (convention, options)
  }

  func name(in line: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? { AngleLine(line)?.name }

  func refusal(of line: UnsafeRawBufferPointer) -> RowProblem { AngleLine.refusal(of: line) }

  func path(of name: String) -> String {
    FileEnding.isImage(name) ? name : "frame \(name)"
  }

  mutating func read(
    _ line: UnsafeRawBufferPointer, into draft: inout ImageDraft, at place: SourceLocation
  ) throws(RowProblem) {
    guard let row = AngleLine(line) else {
      throw RowProblem(
        expected: "a frame or image and three angles in degrees",
        foundIn: line)
    }
    let unit = options.angleUnit ?? .degrees
    if options.angleUnit == nil { notes.add(row.numbers) }
    var angles = EulerAngles.zero
    for (i, name) in convention.orderInTexts.enumerated() {
      angles[name] = row.numbers[i] * unit.inDegrees
    }
    var face = FaceDraft()
    face.setAngles(pitch: angles.pitch, yaw: angles.yaw, roll: angles.roll)
    if let frame = row.frame {
      face.anglesProvenance = .prediction
      face.native.append(("frame", .integer(frame)))
    } else {
      face.setWholeImage(options.imageSize(of: draft.path))
    }
    draft.faces.append(face)
  }

  func notes(at place: SourceLocation) -> [RecordIssue] { notes.issues(at: place) }
}

extension EulerConvention {
  /// The order of three angles that have no names. `aflw` names the meaning of angles and no system; they are then in
  /// Hopenet's order.
  var orderInTexts: [EulerAngles.Name] { self == .aflw ? Self.hopenet.order : order }
}
