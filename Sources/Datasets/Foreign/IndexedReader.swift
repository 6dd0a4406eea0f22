internal import Codecs
internal import Schema

/// What is known of a file of one form before its faces are read.
protocol FileForm {
  /// Whether names of sides occur.
  var hasNamedSides: Bool { get }
  /// This form with options in which another side is meant; nil where it has to be made anew.
  func reading(_ options: ReadingOptions) -> Self?
}

extension FileForm {
  func reading(_ options: ReadingOptions) -> Self? { nil }
}

/// A form in whose faces names of sides occur, whose meaning is all that options change after the first look.
protocol SidedForm: FileForm {
  var options: ReadingOptions { get set }
}

extension SidedForm {
  func reading(_ options: ReadingOptions) -> Self? {
    var form = self
    form.options = options
    return form
  }
}

/// A reader of one file that was looked through for its images.
protocol FormReader: SideAwareSource {
  associatedtype Form: FileForm
  var form: Form { get set }
  var options: ReadingOptions { get set }
}

extension FormReader {
  var hasNamedSides: Bool { form.hasNamedSides }

  func reading(_ options: ReadingOptions) -> Self? {
    guard let form = form.reading(options) else { return nil }
    var reader = self
    (reader.options, reader.form) = (options, form)
    return reader
  }
}

/// What a file of many images has: where each image is, and how one is read.
protocol IndexedForm: FileForm {
  /// How many images there are.
  var count: Int { get }
  /// The offset at which an image begins.
  func position(of image: Int) -> Int
  /// Reads one image.
  ///
  /// - Throws: why it cannot be read; the text completes "file:line: ".
  mutating func draft(
    of image: Int, in file: AnnotationFile, _ bytes: UnsafeRawBufferPointer,
    at place: SourceLocation
  ) throws -> ImageDraft
  /// What is said of the file as a whole, once, at its end.
  mutating func notes(on file: AnnotationFile) -> [RecordIssue]
}

/// Why an image of a file is not used; it completes "file:line: ".
struct RefusedImage: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}

/// Reads a file image by image, in the form's order. Only the places of images are held.
struct IndexedReader<Form: IndexedForm>: FormReader {
  private let file: AnnotationFile
  var options: ReadingOptions
  private let source: RecordSource
  var form: Form
  private var nextImage = 0
  private var lines = LineCount()
  private var isDone = false

  /// - Parameter look: looks through the file's bytes for its images.
  init(
    _ file: AnnotationFile, _ options: ReadingOptions,
    _ look: (UnsafeRawBufferPointer) throws -> Form
  ) rethrows {
    (self.file, self.options) = (file, options)
    source = file.source(options)
    form = try file.contents.withBytes(look)
  }

  var position: Int { nextImage < form.count ? form.position(of: nextImage) : size }
  var size: Int { file.contents.count }

  mutating func countSides() {
    let place = file.place()
    file.contents.withBytes { bytes in
      for image in 0..<form.count { _ = try? form.draft(of: image, in: file, bytes, at: place) }
    }
  }

  mutating func next() throws -> Outcome? {
    guard nextImage < form.count else {
      guard !isDone else { return nil }
      isDone = true
      let issues = form.notes(on: file)
      return issues.isEmpty ? nil : .notes(issues)
    }
    let image = nextImage
    nextImage += 1
    return file.contents.withBytes { bytes in
      let line = lines.line(of: form.position(of: image), in: bytes)
      return file.outcome(line: line, source, options) { place in
        try form.draft(of: image, in: file, bytes, at: place)
      }
    }
  }
}

extension AnnotationFile {
  /// The outcome of an image that begins in a line; an image that cannot be read is an issue.
  func outcome(
    line: Int, _ source: RecordSource, _ options: ReadingOptions,
    _ read: (SourceLocation) throws -> ImageDraft
  ) -> Outcome {
    var source = source
    source.line = line
    let place = place(line: line)
    do {
      return try read(place).outcome(source, in: name, options)
    } catch {
      return Outcome(record: nil, issues: [RecordIssue(.malformedRecord, at: place, "\(error)")])
    }
  }
}

/// Finds the line of positions that mostly ascend.
struct LineCount {
  private var (position, line) = (0, 1)

  /// The 1-based line of an offset.
  mutating func line(of offset: Int, in bytes: UnsafeRawBufferPointer) -> Int {
    if offset < position { (position, line) = (0, 1) }
    line += lineFeeds(in: UnsafeRawBufferPointer(rebasing: bytes[position..<offset]))
    position = offset
    return line
  }
}
