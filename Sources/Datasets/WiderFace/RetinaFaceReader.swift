internal import Codecs
internal import Geometry
internal import Schema

/// Reads RetinaFace's `label.txt` (FORMATS §2).
///
/// `# path` begins an image. Each face is a line of numbers, 20 in the original (`RetinaFaceRow`).
struct RetinaFaceReader: EntryReader {
  var input: AnnotationText
  private var numbers = NumberRow()
  private var hasToldOfSurplus = false

  init(file: MappedFile, options: ReadingOptions) {
    input = AnnotationText(file: file, options: options)
  }

  mutating func next() -> Outcome? {
    input.file.withBytes { nextImage(in: $0) }
  }

  mutating func skipEntry(_ body: (UnsafeRawBufferPointer) -> Void) -> Bool {
    input.file.withBytes { bytes in
      guard var header = nextHash(bytes, from: input.position) else {
        defer { input.position = bytes.count }
        return input.position < bytes.count
      }
      while isSpace(bytes[header]) { header += 1 }
      var lines = TextLines(bytes: bytes, position: header)
      if let line = lines.next() { body(lines.text(pathRange(line, bytes))) }
      input.position = nextHash(bytes, from: min(lines.position, bytes.count)) ?? bytes.count
      return true
    }
  }

  /// The offset of the next line that begins with `#`; nil where there is none.
  private func nextHash(_ bytes: UnsafeRawBufferPointer, from start: Int) -> Int? {
    var next = TextLines(bytes: bytes, position: start)
    while true {
      next.position += next.distance(to: UInt8(ascii: "#"))
      guard next.position < bytes.count else { return nil }
      var first = next.position
      while first > start, isSpace(bytes[first - 1]) { first -= 1 }
      if first == start || bytes[first - 1] == 0x0A { return first }
      next.position += 1
    }
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
    // A row of 20 numbers takes about 120 bytes; reserving too much does no harm.
    block.faces.reserveCapacity(lines.distance(to: UInt8(ascii: "#")) / 100)
    while !lines.isAtEnd, lines.firstVisibleByte != UInt8(ascii: "#") {
      readRow(&lines, into: &block)
    }
    return block.outcome(
      pathText: lines.text(pathRange(header, bytes)), source: input.source, bytes: bytes,
      input.options)
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
      // The row finds its own end, so that each byte is read only once.
      lines.position = try numbers.read(lines.bytes, from: start) + 1
    } catch {
      guard let line = lines.next(), readLoosely(lines.text(line.content), into: &block) else {
        return
      }
    }
    if numbers.count == 0 { return }
    guard RetinaFaceRow.isCount(numbers.count) else {
      block.report(
        .malformedLine, line: input.line,
        "face \(block.nextFace): expected \(RetinaFaceRow.expected), found \(numbers.count)")
      return
    }
    let isAtEnd = lines.position > lines.bytes.count
    if block.isCut(numbers.count, isAtEnd: isAtEnd, line: input.line) { return }
    let box = RetinaFaceRow.box(numbers)
    guard box.isPlausible else {
      block.reportImplausible(box, line: input.line)
      return
    }
    if !numbers.isPlausible {
      for point in RetinaFaceRow.badPoints(numbers) {
        block.report(
          .badLandmark, line: input.line,
          "face \(block.nextFace), point \(point.index): expected \(PlausibleRange.coordinate.text), found \(point.x), \(point.y)"
        )
      }
    }
    block.addFace(box: box, line: input.line, text: start..<lines.position - 1)
    RetinaFaceRow.readDetails(numbers, into: &block.faces[block.faces.count - 1])
  }

  /// Reads a row with other marks between its numbers, or with one number too many.
  ///
  /// - Returns: false, with an issue, where it is not such a row.
  private mutating func readLoosely(
    _ text: UnsafeRawBufferPointer, into block: inout ImageBlock
  ) -> Bool {
    let found: [Double]
    do throws(LooseRow.Problem) {
      found = try LooseRow(text).numbers()
    } catch {
      block.report(
        .malformedLine, line: input.line,
        "face \(block.nextFace): expected \(RetinaFaceRow.expected), found \(error.found)")
      return false
    }
    guard found.count <= NumberRow.capacity + 1 else {
      block.report(
        .malformedLine, line: input.line,
        "face \(block.nextFace): expected \(RetinaFaceRow.expected), found \(found.count)")
      return false
    }
    numbers.set(found)
    if found.count > NumberRow.capacity, !hasToldOfSurplus {
      hasToldOfSurplus = true
      block.report(
        .conflictingAnnotation, line: input.line,
        "face \(block.nextFace): expected \(RetinaFaceRow.expected), found a 21st, \(found[20].shortText); it stays in the source's line alone, in later rows too"
      )
    }
    return true
  }
}
