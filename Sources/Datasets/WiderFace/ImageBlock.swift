internal import Codecs
internal import Geometry
internal import Schema

/// One image that is being read from a text file: collects faces and issues, then becomes an outcome.
struct ImageBlock {
  let file: String
  let line: Int
  /// Whether source lines are kept.
  let keepsText: Bool
  var faces: [Face] = []
  var issues: [RecordIssue] = []
  /// The source lines that belong to no face, as ranges of the file.
  private var ownLines: [Range<Int>] = []
  private var faceLines: [Range<Int>] = []
  /// How many numbers the row before has; 0 for the first one.
  private var lastCount = 0

  init(file: String, line: Int, keepsText: Bool) {
    self.file = file
    self.line = line
    self.keepsText = keepsText
  }

  /// Keeps a line that belongs to the image and to no face.
  mutating func addLine(_ text: Range<Int>) {
    if keepsText { ownLines.append(text) }
  }

  mutating func report(_ code: RecordIssue.Code, line: Int, _ detail: String) {
    issues.append(RecordIssue(code, at: SourceLocation(file: file, line: line), detail))
  }

  /// Reports that the next face's box is implausible.
  mutating func reportImplausible(_ box: BoundingBox, line: Int) {
    report(
      .malformedLine, line: line,
      "box \(nextFace): expected \(PlausibleRange.coordinate.text), found \(box.sizeText) at \(box.left), \(box.top)"
    )
  }

  /// Whether a row that the file's end may have cut off has fewer numbers than the one before, which is reported. It may have
  /// as many as another kind of rows.
  ///
  /// - Parameters:
  ///   - count: how many numbers it has.
  ///   - isAtEnd: whether the text ends with it, without a line feed.
  ///   - line: its line.
  mutating func isCut(_ count: Int, isAtEnd: Bool, line: Int) -> Bool {
    guard isAtEnd, count < lastCount else {
      lastCount = count
      return false
    }
    report(
      .malformedLine, line: line,
      "face \(nextFace): expected \(lastCount) numbers, as in the row before, found \(count) at the file's end, which may be cut off"
    )
    return true
  }

  /// The number of the next face in messages, counted from 1.
  var nextFace: Int { faces.count + 1 }

  /// Adds a face with only its box; the caller fills in the rest in place, in `faces`.
  mutating func addFace(box: BoundingBox, line: Int, text: Range<Int>) {
    let isDegenerate = box.isDegenerate
    if isDegenerate {
      report(
        .degenerateBox, line: line,
        "box \(nextFace): expected a width and height above 0, found \(box.sizeText)")
    }
    faces.append(Face(box: box, sourceLine: Int32(clamping: line)))
    if isDegenerate { faces[faces.count - 1].attributes.degenerate = true }
    if keepsText { faceLines.append(text) }
  }

  /// The outcome for the image whose path the file spells so; kept lines are copied from `bytes`.
  consuming func outcome(
    pathText: UnsafeRawBufferPointer, source: RecordSource, bytes: UnsafeRawBufferPointer,
    _ options: ReadingOptions
  ) -> Outcome {
    guard let path = String(validating: pathText, as: UTF8.self) else {
      report(.pathNotUTF8, line: line, "image path: expected UTF-8, found other bytes")
      return Outcome(record: nil, issues: issues)
    }
    var outcome = outcome(path: options.recordPath(of: path), source: source, bytes: bytes)
    outcome.noteSpelling(of: path, options)
    return outcome
  }

  /// The outcome for the image at `path`; kept lines are copied from `bytes`.
  consuming func outcome(
    path: String, source: RecordSource, bytes: UnsafeRawBufferPointer
  ) -> Outcome {
    switch ImagePathVerdict(path) {
    case .plain: break
    case .refused(let problem):
      report(.unsafePath, line: line, problem)
      return Outcome(record: nil, issues: issues)
    case .withSpace:
      report(
        .pathWithSpace, line: line,
        "image path: expected no spaces, which img2pose's lists cannot hold, found '\(path)'")
    }
    var source = source
    source.line = line
    let native = keepsText ? takeText(of: bytes) : nil
    return Outcome(
      record: ImageRecord(
        source: source, image: ImageReference(path: path), faces: faces, native: native),
      issues: issues)
  }

  /// Gives each face its line, and returns the image's own lines. All of them are views of one string.
  ///
  /// If the text ends without a line feed, as at the end of a file, an empty line is added to the image's own
  /// lines to say so.
  private mutating func takeText(of bytes: UnsafeRawBufferPointer) -> NativeValue? {
    if (ownLines + faceLines).contains(where: { $0.upperBound == bytes.count }) {
      ownLines.append(bytes.count..<bytes.count)
    }
    let all = ownLines + faceLines
    guard let start = all.map(\.lowerBound).min(), let end = all.map(\.upperBound).max(),
      let text = String(validating: bytes[start..<end], as: UTF8.self)
    else { return nil }
    func view(_ range: Range<Int>) -> Substring {
      let first = text.utf8.index(text.startIndex, offsetBy: range.lowerBound - start)
      return text[first..<text.utf8.index(first, offsetBy: range.count)]
    }
    for i in faces.indices { faces[i].native = .line(view(faceLines[i])) }
    return .lines(ownLines.map(view))
  }
}

extension BoundingBox {
  /// Width and height for messages, such as "12 x 0".
  var sizeText: String { "\(width.shortText) x \(height.shortText)" }
}

extension NumberRow.Problem {
  /// What was found, as it follows "found" in a message.
  func found(in lines: TextLines) -> String {
    switch self {
    case .notANumber(let range):
      "'\(String(decoding: lines.text(range).prefix(40), as: UTF8.self))'"
    case .tooMany: "more"
    }
  }
}
