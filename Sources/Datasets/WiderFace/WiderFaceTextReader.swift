internal import Codecs
internal import Geometry
internal import Schema

/// Reads `wider_face_*_bbx_gt.txt` (FORMATS §1.2).
///
/// A path line, a count line, then rows `x y w h blur expression illumination invalid occlusion pose`,
/// integers in pixels from 0. An image without a face is written in two ways: the train file has a
/// count of 0 and still a row of ten zeros, the val file a count of 1 and that row.
struct WiderFaceTextReader: AnnotationSource {
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
    guard let header = nextFilled(&lines) else { return nil }
    var block = ImageBlock(
      file: input.name, line: input.line, keepsText: input.options.keepsNative)
    block.issues = input.takeWarnings()
    guard isPath(lines.text(header.content)) else {
      let text = String(decoding: lines.text(header.content).prefix(40), as: UTF8.self)
      block.report(.malformedLine, line: input.line, "image path: expected one, found '\(text)'")
      skipToPath(&lines)
      return Outcome(record: nil, issues: block.issues)
    }
    block.addLine(header.whole)
    if let count = readCount(&lines, &block) { readRows(count, &lines, &block) }
    guard let path = String(validating: lines.text(header.content), as: UTF8.self) else {
      block.report(.pathNotUTF8, line: block.line, "image path: expected UTF-8, found other bytes")
      return Outcome(record: nil, issues: block.issues)
    }
    return block.outcome(path: path, source: input.source, bytes: bytes)
  }

  /// The count line's number; nil, with an issue, where it has none.
  private mutating func readCount(_ lines: inout TextLines, _ block: inout ImageBlock) -> Int? {
    guard let row = lines.peek(), !isPath(lines.text(row.content)) else {
      block.report(
        .malformedLine, line: block.line, "number of faces: expected one after the path, found none"
      )
      return nil
    }
    lines.position = row.whole.upperBound + 1
    input.line += 1
    block.addLine(row.whole)
    let text = String(decoding: lines.text(row.content).prefix(40), as: UTF8.self)
    guard let count = Int(text), count >= 0 else {
      block.report(
        .malformedLine, line: input.line, "number of faces: expected one, found '\(text)'")
      skipToPath(&lines)
      return nil
    }
    return count
  }

  /// Rows up to the next path; their number is compared with the count.
  private mutating func readRows(_ count: Int, _ lines: inout TextLines, _ block: inout ImageBlock)
  {
    let countLine = input.line
    var rows = 0
    while let row = lines.peek(), !isPath(lines.text(row.content)) {
      lines.position = row.whole.upperBound + 1
      input.line += 1
      if row.content.isEmpty { continue }
      rows += 1
      read(row, lines, into: &block, row: rows)
    }
    // The train file's dummy row after a count of 0 is no row too many.
    if rows != count, !(count == 0 && block.faces.isEmpty && rows == 1) {
      block.report(
        .malformedLine, line: countLine, "number of faces: expected \(count) rows, found \(rows)")
    }
  }

  private mutating func read(
    _ row: TextLines.Line, _ lines: TextLines, into block: inout ImageBlock, row index: Int
  ) {
    func reject(_ found: String) {
      block.report(
        .malformedLine, line: input.line, "face \(index): expected 10 integers, found \(found)")
    }
    do throws(NumberRow.Problem) {
      _ = try numbers.read(lines.bytes, from: row.content.lowerBound)
    } catch {
      reject(error.found(in: lines))
      return
    }
    guard numbers.count == 10 else {
      reject("\(numbers.count)")
      return
    }
    var isDummy = true
    for i in 0..<10 {
      // Flags are small; a number that is none of them is a shifted or broken row.
      let limit: Double = i < 4 ? 1e9 : 100
      guard numbers[i] == numbers[i].rounded(), numbers[i].magnitude < limit else {
        reject(numbers[i].shortText)
        return
      }
      if numbers[i] != 0 { isDummy = false }
    }
    guard !isDummy else {
      block.addLine(row.whole)
      return
    }
    let box = BoundingBox(x: numbers[0], y: numbers[1], width: numbers[2], height: numbers[3])
    guard box.isPlausible else {
      block.reportImplausible(box, line: input.line)
      return
    }
    block.addFace(box: box, line: input.line, text: row.whole)
    Self.readFlags(numbers, into: &block.faces[block.faces.count - 1].attributes)
  }

  private static func readFlags(_ numbers: NumberRow, into attributes: inout FaceAttributes) {
    attributes.blur = Int8(numbers[4])
    attributes.expression = Int8(numbers[5])
    attributes.illumination = Int8(numbers[6])
    attributes.invalid = numbers[7] != 0
    attributes.occlusion = Int8(numbers[8])
    attributes.pose = Int8(numbers[9])
  }

  /// Paths hold a slash or the event's double dash, or end as images do; rows and counts do not.
  private func isPath(_ text: UnsafeRawBufferPointer) -> Bool {
    text.contains(UInt8(ascii: "/")) || text.hasSuffix(".jpg") || text.hasSuffix(".jpeg")
      || text.hasSuffix(".png")
  }

  private mutating func nextFilled(_ lines: inout TextLines) -> TextLines.Line? {
    while let found = lines.next() {
      input.line += 1
      if !found.content.isEmpty { return found }
    }
    return nil
  }

  private mutating func skipToPath(_ lines: inout TextLines) {
    while let row = lines.peek(), !isPath(lines.text(row.content)) {
      lines.position = row.whole.upperBound + 1
      input.line += 1
    }
  }
}
