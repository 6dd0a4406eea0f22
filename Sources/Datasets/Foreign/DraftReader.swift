internal import Codecs
internal import Schema

/// Reads the images of a file that is no text, by their numbers.
struct DraftReader: AnnotationSource {
  private let file: AnnotationFile
  private let options: ReadingOptions
  private let draft: (Int) throws -> ImageDraft
  private let picture: ((Int) throws -> PixelImage)?
  private var notes: [RecordIssue]
  private(set) var position = 0
  let size: Int

  /// - Parameters:
  ///   - count: how many images there are.
  ///   - notes: what is said of the file as a whole, at its end.
  ///   - picture: decodes the picture of one, for files that hold them.
  ///   - draft: reads one. It throws why that cannot be done; the text completes "file: ".
  init(
    _ file: AnnotationFile, _ options: ReadingOptions, count: Int, notes: [RecordIssue] = [],
    picture: ((Int) throws -> PixelImage)? = nil, _ draft: @escaping (Int) throws -> ImageDraft
  ) {
    (self.file, self.options, self.notes, self.draft) = (file, options, notes, draft)
    self.picture = options.takesImages ? picture : nil
    size = count
  }

  mutating func next() throws -> Outcome? {
    guard position < size else {
      defer { notes = [] }
      return notes.isEmpty ? nil : .notes(notes)
    }
    defer { position += 1 }
    do {
      var outcome = try draft(position).outcome(file.source(options), in: file.name, options)
      outcome.image = try picture?(position).png()
      return outcome
    } catch {
      return Outcome(
        record: nil,
        issues: [
          RecordIssue(.malformedRecord, at: file.place(), "image \(position + 1): \(error)")
        ])
    }
  }
}
