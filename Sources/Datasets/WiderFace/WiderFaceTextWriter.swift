public import Codecs
internal import Geometry
public import Schema

/// Writes `wider_face_<split>_bbx_gt.txt` (FORMATS §1.2) into a folder.
///
/// Source lines that a record has kept are written unchanged where they still agree with the record.
public struct WiderFaceTextWriter: DatasetWriter {
  private var file: NativeTextFile

  /// Begins the file in the folder.
  ///
  /// - Parameters:
  ///   - folder: it must be there.
  ///   - split: part of the file's name; nil stands for `train`.
  /// - Throws: `FileError` where the file cannot be made.
  public init(folder: String, split: String?) throws {
    file = try NativeTextFile(path: "\(folder)/wider_face_\(split ?? "train")_bbx_gt.txt")
  }

  private static let attributes: Set = [
    "blur", "expression", "illumination", "invalid", "occlusion", "pose",
  ]

  public func losses(of record: ImageRecord) -> [String] {
    // A source's own line may hold fractions.
    var record = record
    record.faces.removeAll { $0.pose == nil && $0.landmarks == nil && Self.isSourceLine($0) }
    return RecordContents.losses(of: record, wholeBoxes: true, attributes: Self.attributes)
  }

  @discardableResult
  public mutating func write(
    _ record: ImageRecord, image: StoredImage?
  ) throws -> WrittenRecord {
    guard !record.image.path.hasLineEnd else { return .nothing(RecordContents.lineEnds) }
    var written = WrittenRecord.all(of: record)
    var record = record
    record.faces.removeAll { !$0.box.hasIntegers }
    written.leftOut = Array(
      repeating: "faces whose box no integers hold", count: written.faces - record.faces.count)
    written.faces = record.faces.count
    var text = ""
    if let kept = keptHead(of: record) {
      for line in kept { text += line + "\n" }
    } else {
      text += "\(record.image.path)\n\(record.faces.count)\n"
      if record.faces.isEmpty { text += String(repeating: "0 ", count: 10) + "\n" }
    }
    for face in record.faces {
      let numbers = Self.numbers(of: face)
      if case .line(let line) = face.native,
        NativeLine(line).numbers == numbers || Self.isSourceLine(face)
      {
        text += line + "\n"
      } else {
        text += numbers.map { "\(Int($0)) " }.joined() + "\n"
      }
    }
    try file.write(text, of: record)
    return written
  }

  public mutating func finish() throws { try file.finish() }

  /// Whether the face's own line holds all of its box and attributes.
  private static func isSourceLine(_ face: Face) -> Bool {
    guard case .line(let line) = face.native, var said = WiderFaceRow.originalFace(of: line) else {
      return false
    }
    said.attributes.degenerate = face.attributes.degenerate
    return said.attributes == face.attributes && said.box == face.box
  }

  /// The kept path line, count line and, where there is no face, dummy row; nil where they do not fit the record.
  private func keptHead(of record: ImageRecord) -> [Substring]? {
    guard case .lines(var lines) = record.native else { return nil }
    if lines.last == "" { lines.removeLast() }
    guard lines.count >= 2,
      NativeLine(lines[0]).text.plainImagePath == record.image.path,
      let count = Array(NativeLine(lines[1]).text.utf8).withUnsafeBytes(WiderFaceRow.count)
    else { return nil }
    let isSame = record.faces.isEmpty ? lines.count == 3 && count <= 1 : count == record.faces.count
    return isSame ? lines : nil
  }

  /// x y w h, with fractions cut off, and the six flags.
  private static func numbers(of face: Face) -> [Double] {
    let box = [face.box.left, face.box.top, face.box.width, face.box.height]
    let flags = face.attributes
    let numbers = [
      flags.blur, flags.expression, flags.illumination, flags.invalid == true ? 1 : 0,
      flags.occlusion, flags.pose,
    ]
    return box.map { $0.rounded(.towardZero) } + numbers.map { Double($0 ?? 0) }
  }
}
