internal import Codecs
internal import Schema

/// A text file of annotations that is being read: the state that all readers of text share.
struct AnnotationText {
  let file: MappedFile
  /// The file's name in messages.
  let name: String
  let source: RecordSource
  let options: ReadingOptions
  /// Where the next line begins.
  var position: Int
  /// The 1-based number of the line that was read last.
  var line = 0
  /// Warnings about the file as a whole, for the first outcome.
  private var warnings: [RecordIssue]

  init(file: MappedFile, options: ReadingOptions) {
    self.file = file
    self.options = options
    let name = SourceLocation.fileName(of: file.path)
    self.name = name
    source = RecordSource(annotationPath: file.path, options: options)
    (position, warnings) = file.withBytes { bytes in
      (TextForm.start(of: bytes), Self.warnings(on: bytes, name: name))
    }
  }

  var size: Int { file.count }

  /// The number of line feeds in a range of the file.
  func lineFeeds(in range: Range<Int>) -> Int {
    file.withBytes { Datasets.lineFeeds(in: UnsafeRawBufferPointer(rebasing: $0[range])) }
  }

  /// The warnings about the file, only once: the caller adds them to its first outcome.
  mutating func takeWarnings() -> [RecordIssue] {
    defer { warnings = [] }
    return warnings
  }

  private static func warnings(on bytes: UnsafeRawBufferPointer, name: String) -> [RecordIssue] {
    var warnings: [RecordIssue] = []
    let place = SourceLocation(file: name, line: 1)
    let start = TextForm.start(of: bytes)
    if start > 0 {
      warnings.append(
        RecordIssue(
          .byteOrderMark, at: place,
          "text: expected no byte order mark, found one; it was skipped"))
    }
    let lines = TextLines(bytes: bytes, position: start)
    if let first = lines.peek(), lines.hasCarriageReturn(first) {
      warnings.append(
        RecordIssue(
          .windowsLineEnds, at: place,
          "text: expected lines that end with LF, found CR LF; they were read all the same"))
    }
    return warnings
  }
}
