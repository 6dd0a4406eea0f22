internal import Codecs
internal import Schema

/// Reads a list of detectors' results, image by image in the order in which their first results come.
///
/// The file names images by id alone: an id that is text is their name, a number its stem, as DirectMHP writes it. The
/// file is looked through once for the places of its results, 16 bytes each.
struct COCOResultsReader: SideAwareSource {
  private let file: AnnotationFile
  private let options: ReadingOptions
  private let source: RecordSource
  /// Sorted by image, then by position.
  private let results: [COCOIndex.Entry]
  /// Where each image's results begin in `results`.
  private let images: [Int]
  /// Why the file cannot be read beyond the last result; nil where it can.
  private let fault: JSONError?
  /// How many results name no image.
  private let nameless: Int
  private var nextImage = 0
  private var lines = LineCount()
  private var notes = COCONotes()
  private var isDone = false

  init(_ file: AnnotationFile, _ options: ReadingOptions) throws {
    (self.file, self.options) = (file, options)
    source = file.source(options)
    var (found, nameless) = ([COCOIndex.Entry](), 0)
    fault = file.contents.withBytes { bytes in
      do throws(JSONError) {
        try Self.read(bytes, &found, &nameless)
        return nil
      } catch {
        return error
      }
    }
    self.nameless = nameless
    let isSorted = zip(found, found.dropFirst()).allSatisfy { $0.id <= $1.id }
    if !isSorted { found.sort { ($0.id, $0.position) < ($1.id, $1.position) } }
    let firsts = found.indices.filter { $0 == 0 || found[$0 - 1].id != found[$0].id }
    images = isSorted ? firsts : firsts.sorted { found[$0].position < found[$1].position }
    results = found
  }

  var position: Int {
    nextImage < images.count ? results[images[nextImage]].position : size
  }
  var size: Int { file.contents.count }
  var hasNamedSides: Bool { false }

  private static func read(
    _ bytes: UnsafeRawBufferPointer, _ found: inout [COCOIndex.Entry], _ nameless: inout Int
  ) throws(JSONError) {
    var cursor = JSONCursor(bytes, at: TextForm.start(of: bytes))
    try cursor.enterArray()
    while try cursor.nextElement() {
      guard cursor.kind() == .object else {
        nameless += 1
        try cursor.skipValue()
        continue
      }
      let position = cursor.position
      var id: Int?
      try cursor.enterObject()
      while let key = try cursor.nextKey() {
        if key == "image_id" { id = try COCOIndex.id(&cursor) } else { try cursor.skipValue() }
      }
      if let id { found.append(.init(id: id, position: position)) } else { nameless += 1 }
    }
  }

  mutating func next() throws -> Outcome? {
    guard nextImage < images.count else { return takeNotes() }
    let first = images[nextImage]
    nextImage += 1
    return file.contents.withBytes { outcome(first, $0) }
  }

  /// What is said of the file as a whole, at its end.
  private mutating func takeNotes() -> Outcome? {
    guard !isDone else { return nil }
    isDone = true
    var issues = notes.take(at: file.place(), unlisted: 0)
    if nameless > 0 {
      issues.append(
        RecordIssue(
          .malformedRecord, at: file.place(),
          "results: expected objects with an 'image_id', found \(nameless) without"))
    }
    if let fault {
      issues.append(RecordIssue(.malformedRecord, at: file.place(), fault.description))
    }
    return issues.isEmpty ? nil : Outcome(record: nil, issues: issues)
  }

  private mutating func outcome(_ first: Int, _ bytes: UnsafeRawBufferPointer) -> Outcome {
    var source = source
    let start = results[first].position
    source.line = lines.line(of: start, in: bytes)
    let place = file.place(line: source.line)
    do {
      var draft = ImageDraft(path: try Self.path(bytes, at: start))
      for result in results[first...].prefix(while: { $0.id == results[first].id }) {
        do {
          let annotation = try COCOAnnotation(bytes, at: result.position, isResult: true)
          guard let face = annotation.face([:], options, &notes) else { continue }
          draft.faces.append(face)
        } catch {
          draft.issues.append(RecordIssue(.malformedRecord, at: place, error.description))
        }
      }
      return draft.outcome(source, in: file.name, options)
    } catch {
      return Outcome(record: nil, issues: [RecordIssue(.malformedRecord, at: place, "\(error)")])
    }
  }

  private static func path(
    _ bytes: UnsafeRawBufferPointer, at position: Int
  ) throws(JSONError) -> String {
    var cursor = JSONCursor(bytes, at: position)
    var name = ""
    try cursor.enterObject()
    while let key = try cursor.nextKey() {
      guard key == "image_id" else {
        try cursor.skipValue()
        continue
      }
      let id = try cursor.value()
      name = id.text ?? id.messageText
    }
    return name.hasImageEnding ? name : name + ".jpg"
  }
}
