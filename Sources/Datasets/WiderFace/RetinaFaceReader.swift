internal import Codecs
internal import Geometry
internal import Schema

/// Reads RetinaFace's `label.txt` (FORMATS §2).
///
/// `# path` begins an image. A face is a line of 20 numbers: x y w h in pixels from 0, five times
/// x y visibility (0 visible, 1 occluded, -1 missing), and a quality, negative for none; or of 4, or
/// of 5 with a flag to ignore it.
struct RetinaFaceReader: AnnotationSource {
  private let file: MappedFile
  /// The file's name in messages.
  private let name: String
  private let source: RecordSource
  private let options: ReadingOptions
  private(set) var position = 0
  private var line = 0
  private var numbers = NumberRow()
  private var preamble: [RecordIssue]

  init(file: MappedFile, options: ReadingOptions) {
    self.file = file
    self.options = options
    source = RecordSource(annotationPath: file.path, options: options)
    let name = SourceLocation.fileName(of: file.path)
    self.name = name
    preamble = file.withBytes { TextPreamble.issues(of: $0, path: name) }
    position = file.withBytes(WiderFace.startOfText)
  }

  var size: Int { file.count }

  mutating func next() -> Outcome? {
    if preamble.isEmpty { return file.withBytes { nextImage(in: $0) } }
    defer { preamble = [] }
    return file.withBytes { nextImage(in: $0) }.map { outcome in
      Outcome(record: outcome.record, issues: preamble + outcome.issues)
    }
  }

  private mutating func nextImage(in bytes: UnsafeRawBufferPointer) -> Outcome? {
    var lines = TextLines(bytes: bytes, position: position)
    defer { position = min(lines.position, bytes.count) }
    var header: TextLines.Line?
    var stray: RecordIssue?
    while header == nil, let found = lines.next() {
      line += 1
      if found.content.isEmpty { continue }
      if bytes[found.content.lowerBound] == UInt8(ascii: "#") {
        header = found
      } else if stray == nil {
        let text = String(decoding: lines.text(found.content).prefix(40), as: UTF8.self)
        stray = RecordIssue(
          .malformedLine, at: SourceLocation(file: name, line: line),
          "image: expected '# path', found '\(text)'")
      }
    }
    guard let header else { return stray.map { Outcome(record: nil, issues: [$0]) } }
    var block = ImageBlock(
      file: name, line: line, keepsText: options.keepsNative)
    if let stray { block.issues.append(stray) }
    block.addLine(header.whole)
    // A row of 20 numbers takes about 120 bytes; too much room does no harm.
    block.faces.reserveCapacity(lines.distance(to: UInt8(ascii: "#")) / 100)
    while !lines.isAtEnd, lines.firstVisibleByte != UInt8(ascii: "#") {
      readRow(&lines, into: &block)
    }
    guard let path = String(validating: lines.text(pathRange(header, bytes)), as: UTF8.self) else {
      block.report(.pathNotUTF8, line: block.line, "image path: expected UTF-8, found other bytes")
      return Outcome(record: nil, issues: block.issues)
    }
    return block.outcome(path: path, source: source, bytes: bytes)
  }

  private func pathRange(_ header: TextLines.Line, _ bytes: UnsafeRawBufferPointer) -> Range<Int> {
    var start = header.content.lowerBound + 1
    while start < header.content.upperBound, isSpace(bytes[start]) { start += 1 }
    return start..<header.content.upperBound
  }

  private mutating func readRow(_ lines: inout TextLines, into block: inout ImageBlock) {
    line += 1
    let start = lines.position
    do throws(NumberRow.Problem) {
      // The row finds its own end, so that its bytes are looked at once.
      lines.position = try numbers.read(lines.bytes, from: start) + 1
    } catch {
      _ = lines.next()
      block.report(
        .malformedLine, line: line,
        "face \(block.nextFace): expected 20, 5 or 4 numbers, found \(error.found(in: lines))")
      return
    }
    if numbers.count == 0 { return }
    guard numbers.count == 20 || numbers.count == 4 || numbers.count == 5 else {
      block.report(
        .malformedLine, line: line,
        "face \(block.nextFace): expected 20, 5 or 4 numbers, found \(numbers.count)")
      return
    }
    if !numbers.isFinite {
      for i in 0..<4 where !numbers[i].isFinite {
        block.report(
          .malformedLine, line: line,
          "box \(block.nextFace): expected finite numbers, found \(numbers[i])")
        return
      }
      reportBadLandmarks(&block)
    }
    let box = BoundingBox(x: numbers[0], y: numbers[1], width: numbers[2], height: numbers[3])
    guard box.right.isFinite, box.bottom.isFinite else {
      block.report(
        .malformedLine, line: line,
        "box \(block.nextFace): expected a corner within the range of numbers, found \(box.sizeText) at \(box.left), \(box.top)"
      )
      return
    }
    block.addFace(box: box, line: line, text: start..<lines.position - 1)
    readDetails(into: &block.faces[block.faces.count - 1])
  }

  @inline(__always)
  private func readDetails(into face: inout Face) {
    if numbers.count == 5 { face.attributes.ignore = numbers[4] != 0 }
    guard numbers.count == 20 else { return }
    if numbers[19] >= 0, numbers[19].isFinite { face.attributes.quality = numbers[19] }
    var positions = InlineArray<5, SIMD2<Double>>(repeating: .zero)
    var visibilities = InlineArray<5, Landmarks.Visibility>(repeating: .missing)
    var isAnyPresent = false
    for i in 0..<5 {
      let (x, y, state) = (numbers[4 + 3 * i], numbers[5 + 3 * i], numbers[6 + 3 * i])
      if state < 0 || (x == -1 && y == -1) { continue }
      if !numbers.isFinite, !(x.isFinite && y.isFinite && state.isFinite) { continue }
      positions[i] = SIMD2(x, y)
      visibilities[i] = state > 0 ? .occluded : .visible
      isAnyPresent = true
    }
    guard isAnyPresent else { return }
    face.landmarks = Landmarks(fivePositions: positions, visibilities: visibilities)
  }

  private func reportBadLandmarks(_ block: inout ImageBlock) {
    guard numbers.count == 20 else { return }
    for i in 0..<5 {
      let point = [numbers[4 + 3 * i], numbers[5 + 3 * i], numbers[6 + 3 * i]]
      guard !point.allSatisfy(\.isFinite) else { continue }
      block.report(
        .badLandmark, line: line,
        "face \(block.nextFace), point \(i + 1): expected finite numbers, found \(point[0]), \(point[1])"
      )
    }
  }
}

/// What a text file's first bytes tell that is worth one warning for the whole file.
enum TextPreamble {
  static func issues(of bytes: UnsafeRawBufferPointer, path: String) -> [RecordIssue] {
    var issues: [RecordIssue] = []
    let start = WiderFace.startOfText(bytes)
    if start > 0 {
      issues.append(
        RecordIssue(
          .byteOrderMark, at: SourceLocation(file: path, line: 1),
          "text: expected no byte order mark, found one; it was skipped"))
    }
    let lines = TextLines(bytes: bytes, position: start)
    if let first = lines.peek(), lines.hasCarriageReturn(first) {
      issues.append(
        RecordIssue(
          .windowsLineEnds, at: SourceLocation(file: path, line: 1),
          "text: expected lines that end with LF, found CR LF; they were read all the same"))
    }
    return issues
  }
}
