internal import Codecs
internal import Schema

/// Reads a JSON list, or one object, whose elements are images and need further files. The caller's worker threads read
/// them.
///
/// The file is looked through once for the places of its elements, 8 bytes each.
struct JSONListReader: SideAwareSource {
  /// Reads the element at an offset of the file.
  typealias Element =
    @Sendable (_ position: Int, RecordSource, AnnotationFile, ReadingOptions) -> Outcome

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
      return fault.map { fault in
        .read(
          Outcome(
            record: nil,
            issues: [RecordIssue(.malformedRecord, at: file.place(), fault.description)]))
      }
    }
    let position = positions[nextElement]
    nextElement += 1
    var source = source
    source.line = file.contents.withBytes { lines.line(of: position, in: $0) }
    return .deferred { [element, file, options, source] in
      element(position, source, file, options)
    }
  }
}
