internal import Codecs
internal import Geometry
internal import Schema

/// A line of poses, or an element of a list or a file of them: `{"image": "a.jpg", "pitch": 1, "yaw": 2, "roll": 3}`, with names as tables have them, flat or in objects.
/// Lines of one image are its faces; a line may also have a list of them.
struct PoseLine: RowForm {
  private let options: ReadingOptions
  var notes = Notes()

  /// What is told once.
  struct Notes: FormNotes {
    var doubt = AngleDoubt()
    /// What is said of rotations that are not read.
    var demand: String?
    /// Names of translations that are not read.
    var unknownPlace: [String]?

    mutating func add(_ next: Notes) {
      doubt.add(next.doubt)
      demand = demand ?? next.demand
      unknownPlace = unknownPlace ?? next.unknownPlace
    }
  }

  private init(_ options: ReadingOptions) { self.options = options }

  static let imageNames = CSVHeader.images + ["frame", "frame_id"]
  private static let listNames = ["faces", "predictions", "detections", "heads"]
  private static let most = 1 << 20

  /// The object that a line is; nil where it is none.
  static func object(in line: UnsafeRawBufferPointer) -> JSONValue? {
    guard line.count <= most, let value = try? JSONParser.value(of: line), case .object = value
    else { return nil }
    return value
  }

  /// The first object of a file, and whether rows are values over several lines, as those of a list or of a file that is
  /// written to be read; nil where there is none.
  static func first(of file: FileGlance) -> (object: JSONValue, areValues: Bool)? {
    guard let line = file.lines.first else { return nil }
    if let object = object(in: line) { return (object, false) }
    var cursor = JSONCursor(file.bytes, at: TextForm.start(of: file.bytes))
    if cursor.kind() == .array {
      guard (try? cursor.enterArray()) != nil, (try? cursor.nextElement()) == true else {
        return nil
      }
    }
    guard let range = try? cursor.skipValue(),
      let object = object(in: UnsafeRawBufferPointer(rebasing: file.bytes[range]))
    else { return nil }
    return (object, true)
  }

  /// Why a file is of lines of poses, some of which may be broken; nil where it is not.
  static func reasonDespiteBroken(_ file: FileGlance) -> String? {
    let rows = file.lines.count { line in
      guard let object = object(in: line) else { return false }
      let members = PoseMembers(object)
      return imageNames.contains(where: members.has)
        && !FaceCropRow.areNames(Set(members.top))
        && (faces(of: object) != nil || holdsPose(members))
    }
    return file.accepts(rows) ? "JSON Lines of an image and a pose each" : nil
  }

  /// The faces of an image that a line lists; nil where the line is a face itself.
  static func faces(of object: JSONValue) -> [JSONValue]? {
    for name in listNames {
      guard let list = object[name]?.elements else { continue }
      if list.allSatisfy({ if case .object = $0 { true } else { false } }) { return list }
    }
    return nil
  }

  static func holdsPose(_ members: PoseMembers) -> Bool {
    PoseAngles.areIn(members) || PoseNumbers.columns(members) != nil
      || PoseNumbers.counts.contains { members.has($0.name) }
  }

  /// - Throws: `AnnotationFault` where the first line is a rotation whose convention the user does not name.
  static func reader(
    _ file: AnnotationFile, _ options: ReadingOptions
  ) throws -> RowListReader<PoseLine> {
    let first = file.contents.withBytes { bytes in
      let glance = FileGlance(path: file.path, bytes: bytes)
      return Self.first(of: glance)
        ?? glance.lines.lazy.compactMap(Self.object).first.map { ($0, false) }
    }
    if let object = first?.object {
      let members = PoseMembers(Self.faces(of: object)?.first ?? object)
      if !PoseAngles.areIn(members), let demand = PoseNumbers.demand(of: members, options) {
        throw AnnotationFault(.malformedRecord, at: file.place(line: 1), demand)
      }
    }
    return RowListReader(
      file, options, PoseLine(options), areValues: first?.areValues ?? false)
  }

  /// The bytes of the image's name as they are written, without their quotation marks.
  func name(in line: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
    var cursor = JSONCursor(line)
    var found: (rank: Int, range: Range<Int>)?
    guard cursor.kind() == .object, (try? cursor.enterObject()) != nil else { return nil }
    while let key = try? cursor.nextKey() {
      let plain = CSVHeader.plain(String(decoding: key, as: UTF8.self))
      let rank = Self.imageNames.firstIndex(of: plain)
      let kind = cursor.kind()
      guard let range = try? cursor.skipValue() else { return nil }
      guard let rank, rank < found?.rank ?? .max, kind == .text || kind == .number else { continue }
      found = (rank, kind == .text ? range.lowerBound + 1..<range.upperBound - 1 : range)
    }
    guard let found, !found.range.isEmpty else { return nil }
    return UnsafeRawBufferPointer(rebasing: line[found.range])
  }

  func refusal(of line: UnsafeRawBufferPointer) -> RowProblem { Self.refusal(of: line) }

  /// Why a line is no object, or one without an image.
  private static func refusal(of line: UnsafeRawBufferPointer) -> RowProblem {
    guard line.count <= most else {
      return RowProblem(expected: "a JSON object of at most \(most) bytes", foundIn: line)
    }
    do throws(JSONError) {
      guard case .object = try JSONParser.value(of: line) else {
        return RowProblem(expected: "a JSON object", foundIn: line)
      }
      return RowProblem(expected: "the name of an image", foundIn: line)
    } catch {
      return RowProblem(expected: "a JSON object", found: "broken JSON (\(error.description))")
    }
  }

  /// A whole number stands for a video's frame.
  func path(of name: String) -> String {
    if Int(name) != nil { return "frame \(name)" }
    guard name.holds("\\") else { return name }
    let text = Array("\"\(name)\"".utf8).withUnsafeBytes { try? JSONParser.value(of: $0).text }
    return text ?? name
  }

  mutating func read(
    _ line: UnsafeRawBufferPointer, into draft: inout ImageDraft, at place: SourceLocation
  ) throws(RowProblem) {
    guard let object = Self.object(in: line) else { throw Self.refusal(of: line) }
    guard let list = Self.faces(of: object) else {
      if let face = try face(PoseMembers(object), of: draft.path) { draft.faces.append(face) }
      return
    }
    for (i, value) in list.enumerated() {
      do throws(RowProblem) {
        if let face = try face(PoseMembers(value), of: draft.path) { draft.faces.append(face) }
      } catch {
        draft.issues.append(
          RecordIssue(
            .malformedLine, at: place,
            "face \(i + 1): expected \(error.expected), found \(error.found)"))
      }
    }
  }

  /// - Returns: nil where there is nothing but the image's name, which is an image without faces.
  private mutating func face(
    _ members: PoseMembers, of path: String
  ) throws(RowProblem) -> FaceDraft? {
    var face = FaceDraft()
    face.anglesProvenance = .prediction
    face.box = try PoseNumbers.box(members)
    if let angles = try PoseAngles(members, options) {
      let unit = angles.unit ?? options.angleUnit ?? .degrees
      if angles.unit == nil, options.angleUnit == nil { notes.doubt.add(angles.numbers) }
      try face.setAngles(angles.numbers, in: unit)
      face.anglesPlace = try PoseNumbers.metres(members)
    }
    if let demand = PoseNumbers.demand(of: members, options) {
      if notes.demand == nil { notes.demand = demand }
    } else if let pose = try PoseNumbers.pose(members, options) {
      face.pose = pose
    }
    if face.hasPose, face.anglesPlace == nil, face.pose?.translation == nil,
      notes.unknownPlace == nil
    {
      notes.unknownPlace = PoseNumbers.unknownPlace(members)
    }
    guard face.box != nil || face.hasPose else {
      try Self.refuseUnknown(members)
      return nil
    }
    if let name = members.first(CSVHeader.scores), let score = try members.number(name),
      PlausibleRange.measure.contains(score)
    {
      face.attributes.score = score
    }
    if face.box == nil { face.setWholeImage(options.imageSize(of: path)) }
    return face
  }

  /// Members that mean nothing are no image without faces.
  private static func refuseUnknown(_ members: PoseMembers) throws(RowProblem) {
    let known = imageNames + CSVHeader.scores + ["image_width", "image_height", "id"]
    let strange = members.top.filter { name in
      !known.contains(name) && !PoseNumbers.counts.contains { $0.name == name }
        && !PoseAngles.names.contains(name)
    }
    guard !strange.isEmpty else { return }
    let names = PoseAngles.names + PoseNumbers.counts.map(\.name)
    let shown = strange.prefix(4).map {
      "'\($0.printable)'" + NearestWord.hint(for: $0, among: names)
    }
    throw RowProblem(
      expected:
        "pitch, yaw and roll, rotation_vector, quaternion_wxyz or rotation_matrix, or a box",
      found: shown.joined(separator: ", "))
  }

  func notes(at place: SourceLocation) -> [RecordIssue] {
    (notes.demand.map { [RecordIssue(.missingPose, at: place, $0)] } ?? [])
      + (notes.unknownPlace.map { [CSVRow.unknownPlace($0, at: place)] } ?? [])
      + notes.doubt.issues(at: place)
  }
}
