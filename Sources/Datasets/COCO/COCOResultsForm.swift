internal import Codecs
internal import Schema

/// A list of detectors' results, whose images come in the order of their first results.
///
/// The file names images by id alone: an id that is text is their name, a number its stem, as DirectMHP writes it. The
/// file is looked through once for the places of its results, 16 bytes each.
struct COCOResultsForm: IndexedForm {
  private let options: ReadingOptions
  /// Sorted by image, then by position.
  private let results: [COCOIndex.Entry]
  /// Where each image's results begin in `results`.
  private let images: [Int]
  /// Why the file cannot be read beyond the last result; nil where it can.
  private let fault: JSONError?
  /// How many results name no image.
  private let nameless: Int
  var notes = COCONotes()
  private var annotation = COCOAnnotation(isResult: true)

  init(_ bytes: UnsafeRawBufferPointer, _ options: ReadingOptions) {
    self.options = options
    var (found, nameless) = ([COCOIndex.Entry](), 0)
    do throws(JSONError) {
      try Self.read(bytes, &found, &nameless)
      fault = nil
    } catch {
      fault = error
    }
    self.nameless = nameless
    let isSorted = zip(found, found.dropFirst()).allSatisfy { $0.id <= $1.id }
    if !isSorted { found.sort { ($0.id, $0.position) < ($1.id, $1.position) } }
    let firsts = found.indices.filter { $0 == 0 || found[$0 - 1].id != found[$0].id }
    images = isSorted ? firsts : firsts.sorted { found[$0].position < found[$1].position }
    results = found
  }

  var count: Int { images.count }
  func position(of image: Int) -> Int { results[images[image]].position }
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

  mutating func draft(
    of image: Int, in file: AnnotationFile, _ bytes: UnsafeRawBufferPointer,
    at place: SourceLocation
  ) throws -> ImageDraft {
    let first = results[images[image]]
    var draft = ImageDraft(path: try Self.path(bytes, at: first.position))
    for result in results[images[image]...].prefix(while: { $0.id == first.id }) {
      do {
        try annotation.read(bytes, at: result.position)
        let face = annotation.face(COCOCategories(), options, &notes)
        draft.issues += annotation.issues(at: place)
        if let face { draft.faces.append(face) }
      } catch {
        draft.issues.append(RecordIssue(.malformedRecord, at: place, error.description))
      }
    }
    return draft
  }

  func notes(on file: AnnotationFile) -> [RecordIssue] {
    var issues = notes.issues(at: file.place())
    if nameless > 0 {
      issues.append(
        RecordIssue(
          .malformedRecord, at: file.place(),
          "results: expected objects with an 'image_id', found \(nameless) without"))
    }
    return issues + file.issues(of: fault)
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
