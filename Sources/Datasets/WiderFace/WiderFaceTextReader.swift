internal import Codecs
internal import Geometry
internal import Glibc
internal import Schema

/// Reads `wider_face_*_bbx_gt.txt` (FORMATS §1.2), and what other tools write in its form.
///
/// An entry is a path line, a count line, and a row for each face (`WiderFaceRow`). An image without a face is
/// written in two ways: the train file has a count of 0 and nevertheless a row of ten zeros, the val file a
/// count of 1 and that row. CVAT and Datumaro leave the count out.
struct WiderFaceTextReader: EntryReader {
  var input: AnnotationText
  private var numbers = NumberRow()
  private let order: WiderFaceRow.Order

  init(file: MappedFile, options: ReadingOptions) {
    input = AnnotationText(file: file, options: options)
    let start = input.position
    let isExported = file.withBytes { WiderFaceExport.shows(in: $0, from: start, path: file.path) }
    order = isExported ? .exported : .original
  }

  mutating func next() -> Outcome? {
    input.file.withBytes { nextImage(in: $0) }
  }

  mutating func skipEntry(_ body: (UnsafeRawBufferPointer) -> Void) -> Bool {
    input.file.withBytes { bytes in
      var lines = TextLines(bytes: bytes, position: input.position)
      defer { input.position = min(lines.position, bytes.count) }
      guard let header = nextFilled(&lines) else { return false }
      if Self.isPath(header, lines) { body(lines.text(header.content)) }
      skipToPath(&lines)
      return true
    }
  }

  private mutating func nextImage(in bytes: UnsafeRawBufferPointer) -> Outcome? {
    var lines = TextLines(bytes: bytes, position: input.position)
    defer { input.position = min(lines.position, bytes.count) }
    guard let header = nextFilled(&lines) else { return nil }
    var block = ImageBlock(
      file: input.name, line: input.line, keepsText: input.options.keepsNative)
    block.issues = input.takeWarnings()
    guard Self.isPath(header, lines) else {
      let text = String(decoding: lines.text(header.content).prefix(40), as: UTF8.self)
      block.report(.malformedLine, line: input.line, "image path: expected one, found '\(text)'")
      skipToPath(&lines)
      return Outcome(record: nil, issues: block.issues)
    }
    block.addLine(header.whole)
    switch readCount(&lines, &block) {
    case .number(let count): readRows(count, &lines, &block)
    case .absent: readRows(nil, &lines, &block)
    case .malformed: skipToPath(&lines)
    }
    return block.outcome(
      pathText: lines.text(header.content), source: input.source, bytes: bytes, input.options)
  }

  private enum Count {
    case number(Int)
    /// Rows follow at once, or there are none.
    case absent
    case malformed
  }

  /// Reads the count line where there is one. A malformed count is an issue, and so is a missing one in an original.
  private mutating func readCount(_ lines: inout TextLines, _ block: inout ImageBlock) -> Count {
    guard let row = lines.peek(), !Self.isPath(row, lines) else {
      if order == .original {
        block.report(
          .malformedLine, line: block.line,
          "number of faces: expected one after the path, found none")
      }
      return .absent
    }
    let text = lines.text(row.content)
    if text.isEmpty || text.contains(where: isSpace), Self.isRow(text) { return .absent }
    lines.position = row.whole.upperBound + 1
    input.line += 1
    block.addLine(row.whole)
    guard let count = WiderFaceRow.count(text) else {
      let found = String(decoding: text.prefix(40), as: UTF8.self)
      block.report(
        .malformedLine, line: input.line, "number of faces: expected one, found '\(found)'")
      return .malformed
    }
    return .number(count)
  }

  /// Reads the rows up to the next path, and compares their number with the count.
  private mutating func readRows(
    _ count: Int?, _ lines: inout TextLines, _ block: inout ImageBlock
  ) {
    let countLine = input.line
    var rows = 0
    while let row = lines.peek(), !Self.isPath(row, lines) {
      lines.position = row.whole.upperBound + 1
      input.line += 1
      if row.content.isEmpty { continue }
      rows += 1
      read(row, lines, into: &block, row: rows)
    }
    // The train file's dummy row after a count of 0 does not count as a row.
    if let count, rows != count, !(count == 0 && block.faces.isEmpty && rows == 1) {
      block.report(
        .malformedLine, line: countLine, "number of faces: expected \(count) rows, found \(rows)")
    }
  }

  private mutating func read(
    _ line: TextLines.Line, _ lines: TextLines, into block: inout ImageBlock, row index: Int
  ) {
    var label: String?
    do throws(WiderFaceRow.Problem) {
      label = try readNumbers(of: line, lines)
      try WiderFaceRow.check(numbers)
    } catch {
      block.report(
        .malformedLine, line: input.line,
        "face \(index): expected \(WiderFaceRow.expected), found \(error.found)")
      return
    }
    let isAtEnd = line.whole.upperBound == lines.bytes.count
    if block.isCut(numbers.count, isAtEnd: isAtEnd, line: input.line) { return }
    guard !WiderFaceRow.isDummy(numbers) else {
      block.addLine(line.whole)
      return
    }
    let box = WiderFaceRow.box(numbers)
    guard box.isPlausible else {
      block.reportImplausible(box, line: input.line)
      return
    }
    block.addFace(box: box, line: input.line, text: line.whole)
    let last = block.faces.count - 1
    WiderFaceRow.readDetails(numbers, order, into: &block.faces[last])
    if let label {
      block.faces[last].attributes.others.append(.init(name: "label", value: .text(label)))
    }
  }

  /// - Returns: the label after the numbers, if there is one.
  private mutating func readNumbers(
    of line: TextLines.Line, _ lines: TextLines
  ) throws(WiderFaceRow.Problem) -> String? {
    do throws(NumberRow.Problem) {
      _ = try numbers.read(lines.bytes, from: line.content.lowerBound)
    } catch {
      return try WiderFaceRow.read(loosely: lines.text(line.content), into: &numbers)
    }
    return nil
  }

  /// Whether a line is an image's path: it has a slash or the ending of an image's name, or it is a single word that
  /// is not a number, followed by a count.
  static func isPath(_ line: TextLines.Line, _ lines: TextLines) -> Bool {
    let text = lines.text(line.content)
    // Everything in a row of numbers sorts up to '9' and is not a slash.
    guard text.contains(where: { $0 > UInt8(ascii: "9") || $0 == UInt8(ascii: "/") }) else {
      return false
    }
    if text.contains(UInt8(ascii: "/")) || text.contains(UInt8(ascii: "\\")) { return true }
    if FileEnding.isImage(text) { return true }
    guard !text.contains(where: isSpace), DecimalNumber.value(of: text) == nil else { return false }
    var following = lines
    following.position = line.whole.upperBound + 1
    guard let next = following.next() else { return false }
    return WiderFaceRow.count(lines.text(next.content)) != nil
  }

  /// Whether a text begins with a number, as a row does.
  static func isRow(_ text: UnsafeRawBufferPointer) -> Bool {
    guard let field = text.split(whereSeparator: { isSpace($0) || $0 == UInt8(ascii: ",") }).first
    else { return true }
    return DecimalNumber.value(of: UnsafeRawBufferPointer(rebasing: field)) != nil
  }

  private mutating func nextFilled(_ lines: inout TextLines) -> TextLines.Line? {
    while let found = lines.next() {
      input.line += 1
      if !found.content.isEmpty { return found }
    }
    return nil
  }

  private mutating func skipToPath(_ lines: inout TextLines) {
    while let row = lines.peek(), !Self.isPath(row, lines) {
      lines.position = row.whole.upperBound + 1
      input.line += 1
    }
  }
}

/// Tells a text that CVAT or Datumaro wrote from one of WIDER FACE itself.
enum WiderFaceExport {
  /// Whether CVAT or Datumaro wrote the text: a file of labels lies beside it, it names the folder of images
  /// without a label, a row has four fields, or a flag is a word.
  static func shows(in bytes: UnsafeRawBufferPointer, from start: Int, path: String) -> Bool {
    let folder = path.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(path[...$0]) } ?? ""
    if path != "-", access(folder + "labels.txt", F_OK) == 0 { return true }
    return hasShortRow(bytes, from: start)
      || ["no_label/", " -", " True", " False"].contains { has($0, in: bytes, from: start) }
  }

  private static func hasShortRow(_ bytes: UnsafeRawBufferPointer, from start: Int) -> Bool {
    var lines = TextLines(bytes: bytes, position: start)
    for _ in 0..<64 {
      guard let line = lines.next() else { return false }
      if WiderFaceTextReader.isPath(line, lines) { continue }
      if lines.text(line.content).split(whereSeparator: isSpace).count == 4 { return true }
    }
    return false
  }

  /// Whether a row holds the word, or a path begins with it.
  private static func has(
    _ word: String, in bytes: UnsafeRawBufferPointer, from start: Int
  ) -> Bool {
    guard let base = bytes.baseAddress else { return false }
    let word = Array(word.utf8)
    let isRowWord = word[0] == UInt8(ascii: " ")
    // There are many blanks, so the search is for the character after the blank.
    let mark = isRowWord ? 1 : 0
    var position = start
    while position < bytes.count,
      let found = memchr(base + position, CInt(word[mark]), bytes.count - position)
    {
      position = UnsafeRawPointer(found) - base + 1
      let place = position - 1 - mark
      guard place >= start, bytes[place...].starts(with: word) else { continue }
      position = place + word.count
      let isWhole = position == bytes.count || bytes[position] <= 0x20
      let first = bytes[..<place].lastIndex(of: 0x0A).map { $0 + 1 } ?? start
      guard isRowWord else {
        if place == first { return true }
        continue
      }
      guard isWhole else { continue }
      var lines = TextLines(bytes: bytes, position: first)
      if let line = lines.next(), !WiderFaceTextReader.isPath(line, lines) { return true }
    }
    return false
  }
}
