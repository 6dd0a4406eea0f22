internal import Codecs
internal import Geometry
internal import Schema

/// Reads img2pose's list of JSON files, or one such JSON file (FORMATS §8).
///
/// Each JSON file has `image_path`, `bboxes` as x1 y1 x2 y2 (and a score), and `landmarks`, 5 or 68 for each
/// face; a missing point is -1, -1. In the form of 300W-LP, `pose_para` has seven numbers for each face,
/// which are lifted to a camera as those of 300W-LP are. A list names files relative to the working directory;
/// a file that is not there is looked for relative to the list.
struct Img2PoseListReader: EntryReader {
  var input: AnnotationText
  private let folder: String
  private let isSingle: Bool

  init(file: MappedFile, options: ReadingOptions) {
    input = AnnotationText(file: file, options: options)
    let end = file.path.lastIndex(of: "/")
    folder = end.map { String(file.path[...$0]) } ?? ""
    let start = input.position
    isSingle = file.withBytes { bytes in
      bytes[min(start, bytes.count)...].first { !isSpace($0) && $0 != 0x0A } == UInt8(ascii: "{")
    }
  }

  mutating func skipEntry(_ body: (UnsafeRawBufferPointer) -> Void) -> Bool {
    if isSingle {
      defer { input.position = input.file.count }
      return input.position < input.file.count
    }
    guard let entry = nextEntry() else { return false }
    try? json(of: entry)?.withBytes { bytes in
      // Takes the raw text between the quotes. A path with escapes is recognised only when its record is read.
      guard let path = JSONOutline.member("image_path", of: bytes),
        path.count >= 2, path.first == UInt8(ascii: "\"")
      else { return }
      body(UnsafeRawBufferPointer(rebasing: path[1..<path.count - 1]))
    }
    return true
  }

  /// The JSON file that an entry names.
  ///
  /// - Returns: nil where there is no such file.
  /// - Throws: `FileError` where the file cannot be read.
  private func json(of entry: String) throws -> MappedFile? {
    for path in [entry, folder + entry] {
      do {
        return try MappedFile(path: path)
      } catch let error as FileError where error.isMissing {
        continue
      }
    }
    return nil
  }

  mutating func next() throws -> Outcome? {
    guard var outcome = try nextImage() else { return nil }
    outcome.issues = input.takeWarnings() + outcome.issues
    return outcome
  }

  private mutating func nextImage() throws -> Outcome? {
    if isSingle {
      guard input.position < input.file.count else { return nil }
      input.position = input.file.count
      return outcome(of: input.file, at: SourceLocation(file: input.name))
    }
    guard let entry = nextEntry() else { return nil }
    let location = SourceLocation(file: input.name, line: input.line)
    let issue: RecordIssue
    do {
      if let json = try json(of: entry) { return outcome(of: json, entry: entry, at: location) }
      issue = RecordIssue(
        .missingAnnotation, at: location, "JSON file: expected '\(entry)', found none")
    } catch {
      issue = RecordIssue(
        RecordIssue.Code(reading: error), at: location,
        "JSON file: expected '\(entry)', found: \(RecordIssue.reason(error))")
    }
    return Outcome(record: nil, issues: [issue])
  }

  private mutating func nextEntry() -> String? {
    input.file.withBytes { bytes in
      var lines = TextLines(bytes: bytes, position: input.position)
      defer { input.position = min(lines.position, bytes.count) }
      while let found = lines.next() {
        input.line += 1
        if !found.content.isEmpty {
          return String(decoding: lines.text(found.content), as: UTF8.self)
        }
      }
      return nil
    }
  }

  private func outcome(
    of json: MappedFile, entry: String? = nil, at location: SourceLocation
  ) -> Outcome {
    func rejected(_ code: RecordIssue.Code, _ detail: String) -> Outcome {
      Outcome(record: nil, issues: [RecordIssue(code, at: location, "'\(json.path)', \(detail)")])
    }
    let value: JSONValue
    do {
      value = try json.withBytes { bytes in
        if let fault = TextForm.fault(of: bytes) { throw fault }
        let start = TextForm.start(of: bytes)
        return try JSONParser.value(of: UnsafeRawBufferPointer(rebasing: bytes[start...]))
      }
    } catch let fault as TextFault {
      return rejected(.malformedRecord, fault.detail)
    } catch {
      return rejected(.malformedRecord, "\(error)")
    }
    let spelling = value["image_path"]?.text
    guard let path = spelling.map(input.options.recordPath) else {
      return rejected(
        .malformedRecord, "image_path: expected text, found \(value["image_path"]?.kind ?? "none")")
    }
    guard let boxes = value["bboxes"]?.elements else {
      return rejected(
        .malformedRecord, "bboxes: expected an array, found \(value["bboxes"]?.kind ?? "none")")
    }
    let landmarks = value["landmarks"]?.elements
    if let landmarks, landmarks.count != boxes.count {
      return rejected(
        .malformedRecord,
        "landmarks: expected \(boxes.count), as many as bboxes, found \(landmarks.count)")
    }
    let poses = value["pose_para"]?.elements
    if let poses, poses.count != boxes.count {
      return rejected(
        .malformedRecord,
        "pose_para: expected \(boxes.count), as many as bboxes, found \(poses.count)")
    }
    var block = ImageBlock(file: location.file, line: location.line ?? 1, keepsText: false)
    for (i, box) in boxes.enumerated() {
      let count = block.faces.count
      read(box, landmarks?[i], face: i + 1, into: &block)
      if let poses, block.faces.count > count {
        setPose(poses[i], of: path, face: i + 1, in: &block)
      }
    }
    var result = json.withBytes { block.outcome(path: path, source: input.source, bytes: $0) }
    if let spelling { result.noteSpelling(of: spelling, input.options) }
    if poses != nil {
      result.record?.camera = Camera(
        intrinsics: Self.usualCamera, provenance: .weakPerspective)
    }
    if input.options.keepsNative {
      let text = json.withBytes { String(decoding: $0, as: UTF8.self) }
      result.record?.native = Img2PoseFile.native(name: entry, text: text)
    }
    return result
  }

  private func read(
    _ box: JSONValue, _ points: JSONValue?, face index: Int, into block: inout ImageBlock
  ) {
    let corners = (box.elements ?? []).compactMap(\.number)
    guard corners.count == 4 || corners.count == 5, corners.count == box.elements?.count else {
      block.report(
        .malformedLine, line: block.line,
        "face \(index), bboxes: expected 4 or 5 numbers, found \(corners.count)")
      return
    }
    let box = BoundingBox(left: corners[0], top: corners[1], right: corners[2], bottom: corners[3])
    guard box.isPlausible, PlausibleRange.measure.contains(corners.count == 5 ? corners[4] : 0)
    else {
      block.report(
        .malformedLine, line: block.line,
        "face \(index), bboxes: expected \(PlausibleRange.coordinate.text), found \(corners.map(\.shortText))"
      )
      return
    }
    let landmarks = points.flatMap { self.landmarks($0, face: index, &block) }
    block.addFace(box: box, line: block.line, text: 0..<0)
    if corners.count == 5 { block.faces[block.faces.count - 1].attributes.score = corners[4] }
    block.faces[block.faces.count - 1].landmarks = landmarks
  }

  /// Gives the last face its annotated pose, and the attributes that follow from 300W-LP's file names.
  private func setPose(
    _ value: JSONValue, of path: String, face index: Int, in block: inout ImageBlock
  ) {
    let numbers = (value.elements ?? []).compactMap(\.number)
    guard let pose = PoseParameters(checking: numbers),
      let lifted = HeadPose(
        pose, Self.usualCamera, imageHeight: PoseParameters.usualSize,
        isEgocentric: input.options.makesEgocentric)
    else {
      block.report(
        .missingPose, line: block.line,
        "face \(index), pose_para: expected 7 numbers that place a head before the camera, found \(numbers.map(\.shortText))"
      )
      return
    }
    let last = block.faces.count - 1
    block.faces[last].pose = lifted
    block.faces[last].attributes.others = MATFacePaths(path: path).attributes(
      .threeHundredWLP, pose, landmarks: nil, isEgocentric: input.options.makesEgocentric)
  }

  private static var usualCamera: Intrinsics {
    PoseParameters.camera(width: PoseParameters.usualSize, height: PoseParameters.usualSize)
  }

  private func landmarks(
    _ value: JSONValue, face index: Int, _ block: inout ImageBlock
  ) -> Landmarks? {
    let points = value.elements ?? []
    guard let layout = [Landmarks.Layout.face5, .ibug68].first(where: { $0.count == points.count })
    else {
      block.report(
        .badLandmark, line: block.line,
        "face \(index), landmarks: expected 5 or 68 points, found \(points.count)")
      return nil
    }
    var landmarks = Landmarks(layout: layout)
    for (i, point) in points.enumerated() {
      let numbers = (point.elements ?? []).compactMap(\.number)
      guard numbers.count >= 2, numbers.count == point.elements?.count,
        PlausibleRange.coordinate.contains(SIMD2(numbers[0], numbers[1]))
      else {
        block.report(
          .badLandmark, line: block.line,
          "face \(index), point \(i + 1): expected \(PlausibleRange.coordinate.text), found \(point.kind) of \(numbers.map(\.shortText))"
        )
        continue
      }
      if numbers[0] == -1, numbers[1] == -1 { continue }
      landmarks[i] = Landmarks.Point(SIMD2(numbers[0], numbers[1]))
    }
    return landmarks.presentCount > 0 ? landmarks : nil
  }
}
