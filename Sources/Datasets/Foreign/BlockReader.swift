internal import Codecs
internal import Schema

/// How a text of blocks becomes images with faces: a line that names an image, then a line for each of its faces.
protocol BlockForm {
  /// Whether a line names an image, with which a block begins.
  func isName(_ line: UnsafeRawBufferPointer) -> Bool
  /// The image that such a line names.
  mutating func image(in line: UnsafeRawBufferPointer, at place: SourceLocation) -> ImageDraft
  /// The face that a line describes; nil where it is blank or says something else of the block.
  ///
  /// - Parameter isNamed: whether an image was named before.
  /// - Throws: `RowProblem` where the line is no such row, or belongs to no image.
  mutating func face(
    in line: UnsafeRawBufferPointer, isNamed: Bool
  ) throws(RowProblem) -> FaceDraft?
  /// What is said of a block as a whole, at its end.
  mutating func issues(ofBlockAt place: SourceLocation) -> [RecordIssue]
}

/// Reads a text of blocks, image by image.
struct BlockReader<Form: BlockForm>: AnnotationSource {
  private let file: AnnotationFile
  private let options: ReadingOptions
  private let source: RecordSource
  private var form: Form
  private(set) var position: Int
  private var line = 1

  init(_ file: AnnotationFile, _ options: ReadingOptions, _ form: Form) {
    (self.file, self.options, self.form) = (file, options, form)
    source = file.source(options)
    position = file.contents.withBytes { TextForm.start(of: $0) }
  }

  var size: Int { file.contents.count }

  mutating func next() throws -> Outcome? {
    file.contents.withBytes { bytes in
      var lines = TextLines(bytes: bytes, position: position)
      defer { position = lines.position }
      return readBlock(&lines)
    }
  }

  private mutating func readBlock(_ lines: inout TextLines) -> Outcome? {
    var draft: ImageDraft?
    var (source, issues) = (source, [RecordIssue]())
    while let next = lines.peek() {
      let text = lines.text(next.content)
      let place = file.place(line: line)
      if form.isName(text) {
        guard draft == nil else { break }
        let named = form.image(in: text, at: place)
        issues += named.issues
        (draft, source.line) = (named, line)
      } else {
        do throws(RowProblem) {
          if var face = try form.face(in: text, isNamed: draft != nil) {
            face.line = line
            draft?.faces.append(face)
          }
        } catch {
          issues.append(
            RecordIssue(
              .malformedLine, at: place, "row: expected \(error.expected), found \(error.found)"))
        }
      }
      _ = lines.next()
      line += 1
    }
    guard var draft else { return issues.isEmpty ? nil : .notes(issues) }
    draft.issues = issues + form.issues(ofBlockAt: file.place(line: source.line))
    return draft.outcome(source, in: file.name, options)
  }
}
