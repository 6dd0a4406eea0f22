internal import Codecs
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
    var glance = FileGlance(path: file.path, bytes: bytes)
    glance.tolerance = .most
    guard !glance.lines.isEmpty else { return nil }
    if let fault = oldLineEnds(in: bytes, file.path), !isOfAnother(bytes, file) {
      return left(file, line: nil, fault)
    }
    guard recognises(glance) != nil, !isOfAnother(bytes, file) else { return nil }
    let broken = brokenLine(in: bytes, file.path)
    let shown = broken.map { RowProblem.shown($0.text) } ?? "others"
    return left(
      file, line: broken?.line, "rows: expected nearly all to be of one form, found \(shown)")
  }

  /// What is wrong with a text that would be of the form if its lines ended with LF.
  private func oldLineEnds(in bytes: UnsafeRawBufferPointer, _ path: String) -> String? {
    guard let fault = TextForm.fault(of: bytes) else { return nil }
    let start = bytes.prefix(Self.mostOfLines).map { $0 == 0x0D ? 0x0A : $0 }
    let isOne = start.withUnsafeBytes { recognises(FileGlance(path: path, bytes: $0)) != nil }
    return isOne ? fault.detail : nil
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
