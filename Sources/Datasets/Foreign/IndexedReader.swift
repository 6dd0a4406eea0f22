internal import Codecs
internal import Schema

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
  /// Counts the sides of an image's points.
  mutating func countSides(
    of image: Int, in file: AnnotationFile, _ bytes: UnsafeRawBufferPointer)
  /// What is said of the file as a whole, at its end.
  func notes(on file: AnnotationFile) -> [RecordIssue]
}

extension IndexedForm {
  mutating func countSides(
    of image: Int, in file: AnnotationFile, _ bytes: UnsafeRawBufferPointer
  ) {
    _ = try? draft(of: image, in: file, bytes, at: file.place())
  }
}

/// Why an image of a file is not used; it completes "file:line: ".
struct RefusedImage: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}

/// Reads a file image by image, in the form's order. Only the places of images are held.
typealias IndexedReader<Form: IndexedForm> = FormReader<IndexedImages<Form>>

extension FormReader {
  /// - Parameter look: looks through the file's bytes for its images.
  init<Indexed: IndexedForm>(
    _ file: AnnotationFile, _ options: ReadingOptions,
    _ look: (UnsafeRawBufferPointer) throws -> Indexed
  ) rethrows where Images == IndexedImages<Indexed> {
    let form = try file.contents.withBytes(look)
    self.init(IndexedImages(file: file, source: file.source(options)), form, options)
  }
}

/// The images of an indexed file, whose places are their numbers.
struct IndexedImages<Form: IndexedForm>: FormImages {
  let file: AnnotationFile
  let source: RecordSource

  func end(_ form: Form) -> Int { form.count }
  func place(after place: Int) -> Int { place + 1 }
  func offset(of place: Int, _ form: Form) -> Int { form.position(of: place) }

  func countSides(_ places: Range<Int>, _ form: inout Form, in bytes: UnsafeRawBufferPointer) {
    for image in places { form.countSides(of: image, in: file, bytes) }
  }

  func read(
    _ places: Range<Int>, _ form: inout Form, _ lines: inout LineCount,
    in bytes: UnsafeRawBufferPointer, _ options: ReadingOptions
  ) -> [Outcome] {
    var outcomes: [Outcome] = []
    outcomes.reserveCapacity(places.count)
    for image in places {
      let line = lines.line(of: form.position(of: image), in: bytes)
      outcomes.append(
        file.outcome(line: line, source, options) { place in
          try form.draft(of: image, in: file, bytes, at: place)
        })
    }
    return outcomes
  }

  func remarks(_ form: Form) -> [RecordIssue] { form.notes(on: file) }
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
