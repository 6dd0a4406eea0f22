internal import Codecs
internal import Glibc
internal import Schema

/// What the files of a form are written in.
public enum FormText: Sendable {
  case json
  case xml
  /// Lines that are each a row, or bytes that are no text.
  case rows
  /// iBUG's points, in files `.pts`.
  case pts
}

/// A folder's file that seems to be of a form and cannot be recognised, as its end or most of its rows are broken. It must
/// not be passed over in silence, as the many files of other purposes are.
extension FormFiles {
  /// What is said of a file that is not recognised; nil for one of another purpose.
  func damage(of file: AnnotationFile) -> RecordIssue? {
    file.contents.withBytes { bytes in
      switch text {
      case .json: file.path.hasEnding(".json") ? jsonDamage(of: file, bytes) : nil
      case .xml: file.path.hasEnding(".xml") ? xmlDamage(of: file, bytes) : nil
      case .rows: rowDamage(of: file, bytes)
      case .pts:
        file.path.hasEnding(".pts")
          ? left(file, line: 1, "file: expected 'version' and 'n_points' first, found others") : nil
      }
    }
  }

  private func left(_ file: AnnotationFile, line: Int?, _ detail: String) -> RecordIssue {
    let what = "; the file is left out, and seems to be \(title)"
    return RecordIssue(.malformedRecord, at: file.place(line: line), detail + what)
  }

  /// JSON that does not go on to its end. One that does, and one with comments, is of another purpose.
  private func jsonDamage(
    of file: AnnotationFile, _ bytes: UnsafeRawBufferPointer
  ) -> RecordIssue? {
    guard let fault = JSONDamage(bytes), !isOfAnother(bytes, file) else { return nil }
    return left(file, line: fault.line, fault.detail)
  }

  private func xmlDamage(
    of file: AnnotationFile, _ bytes: UnsafeRawBufferPointer
  ) -> RecordIssue? {
    var cursor = XMLCursor(bytes)
    do throws(XMLError) {
      while try cursor.next() != nil {}
      return nil
    } catch {
      if isOfAnother(bytes, file) { return nil }
      return left(file, line: error.line, error.description)
    }
  }

  /// A text some of whose first lines are rows of this form, and that is of no form as a whole.
  private func rowDamage(
    of file: AnnotationFile, _ bytes: UnsafeRawBufferPointer
  ) -> RecordIssue? {
    if let fault = otherText(in: bytes, file.path), !isOfAnother(bytes, file) {
      return left(file, line: nil, fault)
    }
    var glance = FileGlance(path: file.path, bytes: bytes)
    glance.tolerance = .most
    guard !glance.lines.isEmpty else { return nil }
    guard recognises(glance) != nil, !isOfAnother(bytes, file) else { return nil }
    let broken = brokenLine(in: bytes, file.path)
    let shown = broken.map { RowProblem.shown($0.text) } ?? "others"
    return left(
      file, line: broken?.line, "rows: expected nearly all to be of one form, found \(shown)")
  }

  /// What is wrong with a text that would be of the form without its zeros, as UTF-16 and damaged files have them, and if
  /// its lines ended with LF.
  private func otherText(in bytes: UnsafeRawBufferPointer, _ path: String) -> String? {
    let head = bytes.prefix(Self.mostOfLines)
    let zero = head.firstIndex(of: 0)
    guard let fault = TextForm.fault(of: bytes)?.detail ?? zero.map({ _ in Self.zeros }) else {
      return nil
    }
    var text = head.filter { $0 != 0 }.map { $0 == 0x0D ? 0x0A : $0 }
    if text.starts(with: [0xFF, 0xFE]) || text.starts(with: [0xFE, 0xFF]) { text.removeFirst(2) }
    let isOne = text.withUnsafeBytes { bytes in
      var glance = FileGlance(path: path, bytes: bytes)
      glance.tolerance = .most
      return recognises(glance) != nil
    }
    return isOne ? fault : nil
  }

  private static var zeros: String {
    "file: expected text, found zeros in it, as a damaged disk leaves them"
  }

  private static var mostOfLines: Int { 1 << 16 }

  /// The first line that alone is no row of the form.
  private func brokenLine(
    in bytes: UnsafeRawBufferPointer, _ path: String
  ) -> (line: Int, text: UnsafeRawBufferPointer)? {
    var (lines, number) = (TextLines(bytes: bytes, position: TextForm.start(of: bytes)), 0)
    while let next = lines.next() {
      number += 1
      let text = lines.text(next.content)
      guard text.contains(where: { !isSpace($0) }) else { continue }
      if recognises(FileGlance(path: path, bytes: text)) == nil { return (number, text) }
    }
    return nil
  }

  /// What is said of a recognised file that goes on after the one value or element that it is: two files written one after
  /// the other, or the rest of an older one.
  func surplus(of file: AnnotationFile) -> RecordIssue? {
    file.contents.withBytes { bytes in
      let end: Int?
      switch text {
      case .json: end = Self.endOfValue(bytes)
      case .xml: end = Self.endOfFirstDocument(bytes)
      case .rows, .pts: return nil
      }
      guard let end, let next = bytes[end...].firstIndex(where: { $0 > 0x20 }) else {
        return nil
      }
      let shown = String(decoding: bytes[next...].prefix(20).prefix { $0 >= 0x20 }, as: UTF8.self)
      var lines = LineCount()
      return RecordIssue(
        .malformedRecord, at: file.place(line: lines.line(of: next, in: bytes)),
        "file: expected its end, found '\(shown)', which is left out with all that follows")
    }
  }

  private static func endOfValue(_ bytes: UnsafeRawBufferPointer) -> Int? {
    var cursor = JSONCursor(bytes, at: TextForm.start(of: bytes))
    return try? cursor.skipValue().upperBound
  }

  /// Where a second document begins, or text after the last element.
  private static func endOfFirstDocument(_ bytes: UnsafeRawBufferPointer) -> Int? {
    guard let base = bytes.baseAddress, let last = bytes.lastIndex(of: UInt8(ascii: ">")) else {
      return nil
    }
    // A file begins with its declaration, if it has one.
    var start = TextForm.start(of: bytes) + 2
    while start < bytes.count,
      let mark = memchr(base + start, Int32(UInt8(ascii: "?")), bytes.count - start)
    {
      let place = UnsafeRawPointer(mark) - base
      if bytes[place - 1] == UInt8(ascii: "<"), bytes[place...].starts(with: "?xml ".utf8) {
        return place - 1
      }
      start = place + 1
    }
    // A file that was cut off does not end its root, which its reader tells.
    guard let root = rootName(bytes) else { return nil }
    let tag = bytes[..<last].reversed().drop { $0 <= 0x20 }
    return tag.starts(with: (Array("</".utf8) + root).reversed()) ? last + 1 : nil
  }

  private static func rootName(_ bytes: UnsafeRawBufferPointer) -> [UInt8]? {
    var cursor = XMLCursor(bytes)
    while let event = try? cursor.next() {
      if event == .start { return Array(cursor.content) }
    }
    return nil
  }

  private func isOfAnother(_ bytes: UnsafeRawBufferPointer, _ file: AnnotationFile) -> Bool {
    Recognition(of: bytes, path: file.path) != nil
  }
}

/// Where a text is no JSON any more.
struct JSONDamage {
  let line: Int
  /// "what: expected X, found Y".
  let detail: String

  /// - Returns: nil where a text is one JSON value or several, whole, or has comments, which people write on purpose.
  init?(_ bytes: UnsafeRawBufferPointer) {
    var cursor = JSONCursor(bytes, at: TextForm.start(of: bytes))
    do throws(JSONError) {
      repeat { try cursor.checkValue() } while cursor.kind() != .end
      return nil
    } catch {
      if Self.hasComment(bytes, at: cursor.position) { return nil }
      var lines = LineCount()
      line = lines.line(of: min(cursor.position, bytes.count), in: bytes)
      detail = bytes.isEmpty ? "JSON: expected a value, found an empty file" : error.description
    }
  }

  private static func hasComment(_ bytes: UnsafeRawBufferPointer, at position: Int) -> Bool {
    func begins(_ text: Slice<UnsafeRawBufferPointer>) -> Bool {
      text.starts(with: "//".utf8) || text.starts(with: "/*".utf8)
    }
    if begins(bytes[min(position, bytes.count)...]) { return true }
    var lines = TextLines(bytes: bytes, position: 0)
    while let line = lines.next() {
      if begins(bytes[line.content].drop(while: isSpace)) { return true }
    }
    return false
  }
}
