internal import Codecs
internal import Geometry
internal import Schema

/// Reads img2pose's list of JSON files, or one such JSON file (FORMATS §8).
///
/// Each JSON has `image_path`, `bboxes` as x1 y1 x2 y2 (and a score) and `landmarks`, 5 or 68 a face;
/// a missing point is -1, -1. A list names files relative to the working directory; where they are not
/// there, relative to the list.
struct Img2PoseListReader: AnnotationSource {
  private var input: AnnotationText
  private let folder: String
  private let isSingle: Bool

  init(file: MappedFile, options: ReadingOptions) {
    input = AnnotationText(file: file, options: options)
    let end = file.path.lastIndex(of: "/")
    folder = end.map { String(file.path[...$0]) } ?? ""
    let start = input.position
    isSingle = file.withBytes { bytes in
      bytes[start...].first { !isSpace($0) && $0 != 0x0A } == UInt8(ascii: "{")
    }
  }

  var position: Int { input.position }
  var size: Int { input.size }

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
    for path in [entry, folder + entry] {
      if let json = try? MappedFile(path: path) { return outcome(of: json, at: location) }
    }
    let issue = RecordIssue(
      .missingAnnotation, at: location, "JSON file: expected '\(entry)', found none")
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

  private func outcome(of json: MappedFile, at location: SourceLocation) -> Outcome {
    func rejected(_ code: RecordIssue.Code, _ detail: String) -> Outcome {
      Outcome(record: nil, issues: [RecordIssue(code, at: location, "'\(json.path)', \(detail)")])
    }
    let value: JSONValue
    do {
      value = try json.withBytes { bytes in
        let start = WiderFace.startOfText(bytes)
        return try JSONParser.value(of: UnsafeRawBufferPointer(rebasing: bytes[start...]))
      }
    } catch {
      return rejected(.malformedRecord, "\(error)")
    }
    guard let path = value["image_path"]?.text else {
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
    var block = ImageBlock(file: location.file, line: location.line ?? 1, keepsText: false)
    for (i, box) in boxes.enumerated() { read(box, landmarks?[i], face: i + 1, into: &block) }
    var result = json.withBytes { block.outcome(path: path, source: input.source, bytes: $0) }
    if input.options.keepsNative { result.record?.native = .object(.object([("json", value)])) }
    return result
  }

  private func read(
    _ box: JSONValue, _ points: JSONValue?, face index: Int, into block: inout ImageBlock
  ) {
    let corners = (box.elements ?? []).compactMap(\.number)
    guard corners.count == 4 || corners.count == 5, corners.count == box.elements?.count,
      corners.allSatisfy(\.isFinite)
    else {
      block.report(
        .malformedLine, line: block.line,
        "face \(index), bboxes: expected 4 or 5 finite numbers, found \(corners.count)")
      return
    }
    let box = BoundingBox(left: corners[0], top: corners[1], right: corners[2], bottom: corners[3])
    let landmarks = points.flatMap { self.landmarks($0, face: index, &block) }
    block.addFace(box: box, line: block.line, text: 0..<0)
    if corners.count == 5 { block.faces[block.faces.count - 1].attributes.score = corners[4] }
    block.faces[block.faces.count - 1].landmarks = landmarks
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
      guard numbers.count >= 2, numbers.count == point.elements?.count, numbers[0].isFinite,
        numbers[1].isFinite
      else {
        block.report(
          .badLandmark, line: block.line,
          "face \(index), point \(i + 1): expected finite numbers, found \(point.kind) of \(numbers.map(\.shortText))"
        )
        continue
      }
      if numbers[0] == -1, numbers[1] == -1 { continue }
      landmarks[i] = Landmarks.Point(SIMD2(numbers[0], numbers[1]))
    }
    return landmarks.presentCount > 0 ? landmarks : nil
  }
}
