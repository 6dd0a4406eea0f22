internal import Codecs
internal import Schema

/// Which columns of a table mean what. The names of columns are those of its header; in a table without one, numbers
/// from 1.
public struct ColumnMap: Sendable, Equatable {
  /// A point's columns.
  struct Point: Sendable, Equatable {
    var name: String
    var x: String
    var y: String
    /// Of visibility: 0 missing, 1 occluded, 2 visible; nil where there is none.
    var visibility: String?
  }

  /// How the four numbers of a box are meant.
  enum BoxForm: Sendable, Equatable {
    /// x1, y1, x2, y2: left, top, right and bottom.
    case corners
    /// x, y, width and height.
    case size
  }

  var image: String?
  var box: [String] = []
  var boxForm = BoxForm.corners
  var points: [Point] = []
  /// Columns of angles by the convention of 300W-LP (`EulerConvention.aflw`).
  var (pitch, yaw, roll) = (String?.none, String?.none, String?.none)
  /// Whether the angles are in radians, as their columns' names say; else they are in degrees.
  var isInRadians = false
  /// The translation that goes with angles: our own tables' columns, in metres along the camera's axes; three or none.
  var metres: [String] = []
  /// Columns that look as those of a translation, of which nothing tells unit and axes; they are not read.
  var unknownPlace: [String] = []
  /// A rotation that is no angles; its notation is the user's to name.
  var rotation: RotationColumns?
  var (subject, sequence, score) = (String?.none, String?.none, String?.none)
  /// The file that it was read from; nil where it was given as a text.
  public var file: String?

  /// What a map can say, for messages.
  public static let meanings =
    ["image", "box", "box_xywh"] + PointNames.ours
    + [
      "yaw", "pitch", "roll", "rotation_vector", "quaternion", "matrix", "translation", "subject",
      "sequence", "score",
    ]

  /// Nothing yet.
  init() {}

  /// All columns that it names.
  var columns: [String] {
    [image, pitch, yaw, roll, subject, sequence, score].compactMap { $0 } + box
      + points.flatMap { [$0.x, $0.y] + [$0.visibility].compactMap { $0 } }
      + metres + (rotation?.columns ?? [])
  }

  /// Reads `image=file,box=left:top:right:bottom,left_eye=lex:ley,yaw=y`.
  ///
  /// - Throws: `ColumnMapError` where the text is no such map.
  public init(_ text: String) throws {
    var translation: [String] = []
    for entry in text.split(separator: ",") {
      let parts = entry.split(separator: "=", maxSplits: 1).map(String.init)
      guard parts.count == 2 else {
        throw ColumnMapError(expected: "MEANING=COLUMN", found: "'\(entry)'")
      }
      let columns = parts[1].split(separator: ":").map(String.init)
      if parts[0] == "translation" {
        guard columns.count == 3 else {
          throw ColumnMapError(
            expected: "translation=TX:TY:TZ", found: counted(columns.count, "column"))
        }
        translation = columns
      } else {
        try add(parts[0], columns: columns)
      }
    }
    if !translation.isEmpty {
      guard rotation != nil else {
        throw ColumnMapError(
          expected: "rotation_vector, quaternion or matrix beside translation", found: "none")
      }
      rotation?.translation = translation
    }
    guard image != nil else { throw ColumnMapError(expected: "image=COLUMN", found: "none") }
  }

  /// Reads a map as `init(_:)` does, or after `@` from a file of that name: an entry a line, or several between commas; empty
  /// lines and those that begin with `#` are skipped.
  ///
  /// - Throws: `ColumnMapError` where the text is no such map, with the file and line; `FileError` where it cannot be read.
  public init(argument: String) throws {
    guard argument.hasPrefix("@") else {
      try self.init(argument)
      return
    }
    let path = String(argument.dropFirst())
    let text = try MappedFile(path: path).withBytes { bytes in
      let start = TextForm.start(of: bytes)
      return String(decoding: bytes.dropFirst(start), as: UTF8.self)
    }
    var entries: [String] = []
    for (i, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
      .enumerated()
    {
      let line = line.trimmed
      if line.isEmpty || line.hasPrefix("#") { continue }
      for entry in line.split(separator: ",") {
        let sides = entry.split(separator: "=", maxSplits: 1).map { String($0).trimmed }
        let meaning = sides.first ?? ""
        guard sides.count == 2, Self.meanings.contains(meaning) else {
          let near = NearestWord.hint(for: meaning, among: Self.meanings)
          throw ColumnMapError(
            place: "\(path):\(i + 1)", expected: "MEANING=COLUMN", found: "'\(line)'\(near)")
        }
        entries.append(sides.joined(separator: "="))
      }
    }
    do {
      try self.init(entries.joined(separator: ","))
      file = path
    } catch let error as ColumnMapError {
      throw ColumnMapError(place: path, expected: error.expected, found: error.found)
    }
  }

  private mutating func add(_ meaning: String, columns: [String]) throws {
    func require(_ counts: ClosedRange<Int>, _ form: String) throws {
      guard counts.contains(columns.count) else {
        throw ColumnMapError(
          expected: "\(meaning)=\(form)", found: counted(columns.count, "column"))
      }
    }
    if PointNames.ours.contains(meaning) {
      try require(2...3, "X:Y or X:Y:VISIBILITY")
      points.append(
        Point(
          name: meaning, x: columns[0], y: columns[1],
          visibility: columns.count > 2 ? columns[2] : nil))
      return
    }
    if meaning == "box" || meaning == "box_xywh" {
      try require(4...4, meaning == "box" ? "X1:Y1:X2:Y2" : "X:Y:WIDTH:HEIGHT")
      (box, boxForm) = (columns, meaning == "box" ? .corners : .size)
      return
    }
    if let (form, words) = Self.rotations[meaning] {
      try require(form.count...form.count, words)
      rotation = RotationColumns(form, columns)
      return
    }
    try require(1...1, "COLUMN")
    switch meaning {
    case "image": image = columns[0]
    case "yaw": yaw = columns[0]
    case "pitch": pitch = columns[0]
    case "roll": roll = columns[0]
    case "subject": subject = columns[0]
    case "sequence": sequence = columns[0]
    case "score": score = columns[0]
    default:
      throw ColumnMapError(
        expected: "one of \(Self.meanings.joined(separator: ", "))",
        found: "'\(meaning)'" + NearestWord.hint(for: meaning, among: Self.meanings))
    }
  }
}

extension ColumnMap {
  /// What a user's map calls rotations, and how many columns they have.
  private static let rotations: [String: (form: RotationColumns.Form, words: String)] = [
    "rotation_vector": (.vector, "RX:RY:RZ"), "quaternion": (.quaternion, "QW:QX:QY:QZ"),
    "matrix": (.matrix, "R00:R01:R02:R10:R11:R12:R20:R21:R22"),
  ]
}

/// The error for a text that is no map of columns.
public struct ColumnMapError: Error, CustomStringConvertible {
  var place: String?
  var expected: String
  var found: String

  public var description: String {
    "\(place.map { "\($0): " } ?? "")map of columns: expected \(expected), found \(found)"
  }
}
