internal import Codecs
internal import Geometry
internal import Schema

/// Reads RetinaFace's `label.txt` (FORMATS §2).
///
/// `# path` begins an image. A face is a line of 20 numbers: x y w h in pixels from 0, five times
/// x y visibility (0 visible, 1 occluded, -1 missing), and a quality, negative for none; or of 4, or
/// of 5 with a flag to ignore it.
struct RetinaFaceReader: AnnotationSource {
  private var input: AnnotationText
  private var numbers = NumberRow()

  init(file: MappedFile, options: ReadingOptions) {
    input = AnnotationText(file: file, options: options)
  }

  var position: Int { input.position }
  var size: Int { input.size }

  mutating func next() -> Outcome? {
    input.file.withBytes { nextImage(in: $0) }
  }

  private mutating func nextImage(in bytes: UnsafeRawBufferPointer) -> Outcome? {
    var lines = TextLines(bytes: bytes, position: input.position)
    defer { input.position = min(lines.position, bytes.count) }
    var header: TextLines.Line?
    var stray: RecordIssue?
    while header == nil, let found = lines.next() {
      input.line += 1
      if found.content.isEmpty { continue }
      if bytes[found.content.lowerBound] == UInt8(ascii: "#") {
        header = found
      } else if stray == nil {
        let text = String(decoding: lines.text(found.content).prefix(40), as: UTF8.self)
        stray = RecordIssue(
          .malformedLine, at: SourceLocation(file: input.name, line: input.line),
          "image: expected '# path', found '\(text)'")
      }
    }
    guard let header else {
      return stray.map { Outcome(record: nil, issues: input.takeWarnings() + [$0]) }
    }
    var block = ImageBlock(
      file: input.name, line: input.line, keepsText: input.options.keepsNative)
    block.issues = input.takeWarnings()
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
    return block.outcome(path: path, source: input.source, bytes: bytes)
  }

  private func pathRange(_ header: TextLines.Line, _ bytes: UnsafeRawBufferPointer) -> Range<Int> {
    var start = header.content.lowerBound + 1
    while start < header.content.upperBound, isSpace(bytes[start]) { start += 1 }
    return start..<header.content.upperBound
  }

  private mutating func readRow(_ lines: inout TextLines, into block: inout ImageBlock) {
    input.line += 1
    let start = lines.position
    do throws(NumberRow.Problem) {
      // The row finds its own end, so that its bytes are looked at once.
      lines.position = try numbers.read(lines.bytes, from: start) + 1
    } catch {
      _ = lines.next()
      block.report(
        .malformedLine, line: input.line,
        "face \(block.nextFace): expected 20, 5 or 4 numbers, found \(error.found(in: lines))")
      return
    }
    if numbers.count == 0 { return }
    guard numbers.count == 20 || numbers.count == 4 || numbers.count == 5 else {
      block.report(
        .malformedLine, line: input.line,
        "face \(block.nextFace): expected 20, 5 or 4 numbers, found \(numbers.count)")
      return
    }
    let box = BoundingBox(x: numbers[0], y: numbers[1], width: numbers[2], height: numbers[3])
    guard box.isPlausible else {
      block.reportImplausible(box, line: input.line)
      return
    }
    if !numbers.isPlausible { reportBadLandmarks(&block) }
    block.addFace(box: box, line: input.line, text: start..<lines.position - 1)
    readDetails(into: &block.faces[block.faces.count - 1])
  }

  @inline(__always)
  private func readDetails(into face: inout Face) {
    if numbers.count == 5 { face.attributes.ignore = numbers[4] != 0 }
    guard numbers.count == 20 else { return }
    if numbers[19] >= 0, PlausibleRange.measure.contains(numbers[19]) {
      face.attributes.quality = numbers[19]
    }
    var positions = InlineArray<5, SIMD2<Double>>(repeating: .zero)
    var visibilities = InlineArray<5, Landmarks.Visibility>(repeating: .missing)
    var isAnyPresent = false
    for i in 0..<5 {
      let (x, y, state) = (numbers[4 + 3 * i], numbers[5 + 3 * i], numbers[6 + 3 * i])
      if state < 0 || (x == -1 && y == -1) { continue }
      if !numbers.isPlausible, !PlausibleRange.coordinate.contains(SIMD3(x, y, state)) { continue }
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
      let point = SIMD3(numbers[4 + 3 * i], numbers[5 + 3 * i], numbers[6 + 3 * i])
      guard !PlausibleRange.coordinate.contains(point) else { continue }
      block.report(
        .badLandmark, line: input.line,
        "face \(block.nextFace), point \(i + 1): expected \(PlausibleRange.coordinate.text), found \(point.x), \(point.y)"
      )
    }
  }
}
