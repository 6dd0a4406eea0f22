internal import Codecs
internal import Schema

/// Reads a JSON list, or one object, whose elements are images and need further files. The caller's worker threads read
/// them.
///
/// The file is looked through once for the places of its elements, 8 bytes each.
struct JSONListReader: SideAwareSource {
  /// Reads an element. It throws why the element cannot be used.
  typealias Element =
    @Sendable (JSONValue, AnnotationFile, SourceLocation, ReadingOptions) throws -> ImageDraft

  private let file: AnnotationFile
  private let options: ReadingOptions
  private let source: RecordSource
  private let element: Element
  /// The offset of each element.
  private var positions: [Int] = []
  private var fault: JSONError?
  private var nextElement = 0
  private var lines = LineCount()

  init(_ file: AnnotationFile, _ options: ReadingOptions, _ element: @escaping Element) {
    (self.file, self.options, self.element) = (file, options, element)
    source = file.source(options)
    var positions: [Int] = []
    fault = file.contents.withBytes { bytes in
      do throws(JSONError) {
        var cursor = JSONCursor(bytes, at: TextForm.start(of: bytes))
        if cursor.kind() == .object {
          positions.append(cursor.position)
          try cursor.skipValue()
          return nil
        }
        try cursor.enterArray()
        while try cursor.nextElement() {
          _ = cursor.kind()
          positions.append(cursor.position)
          try cursor.skipValue()
        }
        return nil
      } catch {
        return error
      }
    }
    self.positions = positions
  }

  var position: Int { nextElement < positions.count ? positions[nextElement] : size }
  var size: Int { file.contents.count }
  var hasNamedSides: Bool { false }

  mutating func next() throws -> Outcome? { try nextPending()?.outcome() }

  mutating func nextPending() throws -> PendingOutcome? {
    guard nextElement < positions.count else {
      defer { fault = nil }
      return fault.map { .read(.notes(file.issues(of: $0))) }
    }
    let position = positions[nextElement]
    nextElement += 1
    let line = file.contents.withBytes { lines.line(of: position, in: $0) }
    return .deferred { [element, file, options, source] in
      file.outcome(line: line, source, options) { place in
        let value = try file.contents.withBytes { bytes in
          var cursor = JSONCursor(bytes, at: position)
          return try cursor.value()
        }
        return try element(value, file, place, options)
      }
    }
  }
}

extension AnnotationFile {
  /// The issue of a file that cannot be read to its end; none where it can.
  func issues(of fault: JSONError?) -> [RecordIssue] {
    guard let fault else { return [] }
    let line = fault.offset.map { offset in
      contents.withBytes { bytes in
        var lines = LineCount()
        return lines.line(of: min(offset, bytes.count), in: bytes)
      }
    }
    return [RecordIssue(.malformedRecord, at: place(line: line), fault.description)]
  }
}
