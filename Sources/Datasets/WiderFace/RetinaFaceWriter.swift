public import Codecs
internal import Geometry
public import Schema

/// Writes RetinaFace's `label.txt` (FORMATS §2) into a folder.
///
/// Source lines that a record has kept are written unchanged where they still agree with the record. Of 68
/// landmarks, the five points that follow from them are written.
public struct RetinaFaceWriter: DatasetWriter {
  private var file: NativeTextFile

  /// Begins `label.txt` in the folder.
  ///
  /// - Throws: `FileError` where it cannot be made.
  public init(folder: String) throws { file = try NativeTextFile(path: "\(folder)/label.txt") }

  public func losses(of record: ImageRecord) -> [String] {
    let hasAllScores = record.faces.allSatisfy { $0.attributes.score == nil || Self.holdsScore($0) }
    var losses = RecordContents.losses(
      of: record, layouts: [.face5],
      attributes: hasAllScores ? ["quality", "ignore", "score"] : ["quality", "ignore"])
    // A row of five numbers holds the flag 'ignore' and nothing more.
    if record.faces.contains(where: {
      $0.attributes.ignore != nil && ($0.landmarks != nil || $0.attributes.quality != nil)
    }) {
      losses.append("landmarks and quality beside 'ignore'")
    }
    if record.faces.contains(where: { ($0.attributes.quality ?? 0) < 0 }) {
      losses.append("qualities below 0")
    }
    if record.faces.contains(where: { $0.landmarks?.hasMarkOfMissing ?? false }) {
      losses.append("landmarks at -1, -1")
    }
    return losses
  }

  @discardableResult
  public mutating func write(
    _ record: ImageRecord, image: StoredImage?
  ) throws -> WrittenRecord {
    guard !record.image.path.hasLineEnd else { return .nothing(RecordContents.lineEnds) }
    var text = "# \(record.image.path)\n"
    if case .lines(let lines) = record.native, lines.filter({ $0 != "" }).count == 1,
      Self.path(in: lines[0]) == record.image.path
    {
      text = lines[0] + "\n"
    }
    for face in record.faces {
      if case .line(let line) = face.native, Self.says(line, face) {
        text += line + "\n"
      } else {
        text += Self.row(of: face) + "\n"
      }
    }
    try file.write(text, of: record)
    return .all(of: record)
  }

  public mutating func finish() throws { try file.finish() }

  /// Whether a row of 15 numbers can hold the face: five points without occlusion, and the score.
  private static func holdsScore(_ face: Face) -> Bool {
    guard face.attributes.ignore == nil, face.attributes.quality == nil,
      let landmarks = face.landmarks, landmarks.layout == .face5
    else { return false }
    return (0..<5).allSatisfy { landmarks[$0].visibility != .occluded }
  }

  private static func row(of face: Face) -> String {
    let box = [face.box.left, face.box.top, face.box.width, face.box.height].map(\.shortText)
    if let score = face.attributes.score, holdsScore(face) {
      let points = (0..<5).map { face.landmarks?.position($0) ?? SIMD2(-1, -1) }
      let numbers = points.flatMap { [$0.x, $0.y] } + [score]
      return (box + numbers.map(\.shortText)).joined(separator: " ")
    }
    if let ignore = face.attributes.ignore {
      return (box + [ignore ? "1" : "0"]).joined(separator: " ")
    }
    var fields = box
    let landmarks = face.landmarks?.fivePoints
    for i in 0..<5 {
      if let landmarks, let position = landmarks.position(i) {
        let state = landmarks[i].visibility == .occluded ? "1.0" : "0.0"
        fields += [position.x.shortText, position.y.shortText, state]
      } else {
        fields += ["-1.0", "-1.0", "-1.0"]
      }
    }
    fields.append((face.attributes.quality ?? -1).shortText)
    return fields.joined(separator: " ")
  }

  /// The path in a header, as the reader reads it; nil where the line is not a header.
  private static func path(in header: Substring) -> String? {
    let text = NativeLine(header).text
    guard text.first == "#" else { return nil }
    return NativeLine(text.dropFirst()).text.plainImagePath
  }

  /// Whether a row agrees with the face.
  private static func says(_ line: Substring, _ face: Face) -> Bool {
    guard let said = RetinaFaceRow.face(of: line) else { return false }
    return said.box == face.box && said.landmarks == face.landmarks
      && said.attributes.ignore == face.attributes.ignore
      && said.attributes.quality == face.attributes.quality
      && (said.attributes.score == face.attributes.score || !holdsScore(face))
  }
}
