internal import Codecs
internal import Schema

extension DatasetDescription {
  /// The list that WHENet's `prepare_images.py` writes of crops from CMU Panoptic: `path,yaw,pitch,roll` in degrees.
  /// FORMATS-FOREIGN B8.
  static let panoptic = DatasetDescription(
    form: "panoptic", title: "WHENet / Panoptic list",
    holds: FormContents(
      box: "the whole image", pose: "yaw, pitch and roll", identity: "sequence"),
    heeds: [.eulerConvention],
    recognises: { file in
      let mark = UInt8(ascii: ",")
      let rows = file.lines.count { line in
        let fields = TextFields(line, at: mark)
        return fields.count == 4 && FileEnding.isImage(fields[0])
          && (1...3).allSatisfy { fields.number($0).map { abs($0) <= 360 } ?? false }
      }
      return file.accepts(rows) ? "a list of images with three angles each, between commas" : nil
    },
    read: { RowListReader($0, $1, PanopticRow($1)) })
}

/// A crop of one face with its angles; the folder is the sequence, the file's name is camera, face and frame.
struct PanopticRow: RowForm {
  private static let mark = UInt8(ascii: ",")
  private let options: ReadingOptions
  private var fields = TextFields()
  var notes = Notes()

  /// How many rows say what one before them said.
  struct Notes: FormNotes {
    var repeated = 0

    mutating func add(_ next: Notes) { repeated += next.repeated }
  }

  init(_ options: ReadingOptions) { self.options = options }

  func name(in line: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
    let name = TextFields.field(0, of: line, at: Self.mark)
    return name.flatMap { $0.isEmpty ? nil : $0 }
  }

  mutating func read(
    _ line: UnsafeRawBufferPointer, into draft: inout ImageDraft, at place: SourceLocation
  ) throws(RowProblem) {
    fields.read(line, at: Self.mark)
    guard fields.count == 4, let angles = fields.numbers(from: 1),
      angles.allSatisfy({ abs($0) <= 360 })
    else {
      let names = ["yaw", "pitch", "roll"]
      let broken =
        fields.count == 4
        ? RowProblem.ofNumbers(
          fields, 1..<4, expected: "an angle up to 360 degrees", named: { names[$0 - 1] },
          where: { abs($0) <= 360 }) : nil
      throw broken ?? RowProblem(expected: "yaw, pitch and roll in degrees", foundIn: line)
    }
    var face = FaceDraft()
    face.setAngles(pitch: angles[1], yaw: angles[0], roll: angles[2])
    // The script appends to its list, so a second run repeats the rows.
    if let known = draft.faces.first {
      if known.angles == face.angles { notes.repeated += 1; return }
      throw RowProblem(
        expected: "one row for a crop of one face", found: "another with other angles")
    }
    let path = options.recordPath(of: draft.path)
    face.setWholeImage(options.imageSize(of: path))
    addNames(of: path, to: &face)
    draft.faces.append(face)
  }

  /// `171204_pose3/05_0_00001234.jpg` is camera 5, face 0 and frame 1234 of a sequence.
  private func addNames(of path: String, to face: inout FaceDraft) {
    let parts = path.split(separator: "/")
    let numbers = ImageReference.stem(of: parts.last ?? "").split(separator: "_").map { Int($0) }
    guard parts.count > 1, numbers.count == 3, let camera = numbers[0], let number = numbers[1],
      let frame = numbers[2]
    else { return }
    face.add("sequence", .text(String(parts[parts.count - 2])))
    face.native += [
      ("camera", .integer(camera)), ("face", .integer(number)), ("frame", .integer(frame)),
    ]
  }

  func notes(at place: SourceLocation) -> [RecordIssue] {
    guard notes.repeated > 0 else { return [] }
    return [
      RecordIssue(
        .mergedEntries, at: place,
        "rows: expected one an image, found \(counted(notes.repeated, "repeated row")), which are left out"
      )
    ]
  }
}
