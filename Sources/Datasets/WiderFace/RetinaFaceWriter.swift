public import Codecs
internal import Geometry
public import Schema

/// Writes RetinaFace's `label.txt` (FORMATS §2) into a folder.
///
/// Source lines that a record kept are written as they were where they still say what the record says.
/// Landmarks of 68 points are written as the five they hold.
public struct RetinaFaceWriter: DatasetWriter {
  private var file: NativeTextFile

  public init(folder: String) throws { file = try NativeTextFile(path: "\(folder)/label.txt") }

  public func losses(of record: ImageRecord) -> [String] {
    var losses = RecordContents.losses(
      of: record, layouts: [.face5], attributes: ["quality", "ignore"])
    // A row of five numbers says that, and nothing more.
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
      NativeLine(lines[0]).text == "# \(record.image.path)"
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

  private static func row(of face: Face) -> String {
    let box = [face.box.left, face.box.top, face.box.width, face.box.height].map(\.shortText)
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

  /// Whether a row of 4, 5 or 20 numbers holds what the face does.
  private static func says(_ line: Substring, _ face: Face) -> Bool {
    let numbers = NativeLine(line).numbers
    guard [4, 5, 20].contains(numbers.count),
      BoundingBox(x: numbers[0], y: numbers[1], width: numbers[2], height: numbers[3]) == face.box
    else { return false }
    if numbers.count < 20 {
      let ignore = numbers.count == 5 ? numbers[4] != 0 : nil
      return face.landmarks == nil && face.attributes.ignore == ignore
        && face.attributes.quality == nil
    }
    guard face.attributes.ignore == nil,
      face.attributes.quality == (numbers[19] >= 0 ? numbers[19] : nil)
    else { return false }
    for i in 0..<5 {
      let (x, y, state) = (numbers[4 + 3 * i], numbers[5 + 3 * i], numbers[6 + 3 * i])
      let isMissing = state < 0 || (x == -1 && y == -1)
      let point = face.landmarks.map { $0.layout == .face5 ? $0[i] : .missing } ?? .missing
      let expected = Landmarks.Point(
        SIMD2(x, y), isMissing ? .missing : state > 0 ? .occluded : .visible)
      guard point == expected else { return false }
    }
    return face.landmarks.map { $0.layout == .face5 } ?? true
  }
}
