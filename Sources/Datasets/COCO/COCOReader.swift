internal import Codecs
internal import Geometry
internal import Schema

/// Reads COCO JSON, image by image in the order of `images`.
///
/// The file is looked through once for the places of its images and annotations, 16 bytes each; an annotation is parsed
/// when its image is asked for.
struct COCOReader: SideAwareSource {
  private let file: AnnotationFile
  private let options: ReadingOptions
  private let source: RecordSource
  private let index: COCOIndex
  private var nextImage = 0
  private var lines = LineCount()
  private var notes = COCONotes()
  private var hasToldNotes = false

  /// - Throws: `AnnotationFault` where the file is not such JSON.
  init(_ file: AnnotationFile, _ options: ReadingOptions) throws {
    (self.file, self.options) = (file, options)
    source = file.source(options)
    do {
      index = try file.contents.withBytes { try COCOIndex($0, options.pointNames) }
    } catch let error as JSONError {
      throw AnnotationFault(.malformedRecord, at: file.place(), error.description)
    }
  }

  var position: Int { nextImage < index.images.count ? index.images[nextImage].position : size }
  var size: Int { file.contents.count }
  var hasNamedSides: Bool { index.categories.values.contains { $0.points?.hasSides == true } }

  mutating func next() throws -> Outcome? {
    guard nextImage < index.images.count else { return takeNotes() }
    let image = index.images[nextImage]
    nextImage += 1
    return file.contents.withBytes { bytes in outcome(of: image, bytes) }
  }

  /// What is said of the file as a whole, once, at its end.
  private mutating func takeNotes() -> Outcome? {
    guard !hasToldNotes else { return nil }
    hasToldNotes = true
    let issues = notes.take(at: file.place(), unlisted: index.unlisted)
    return issues.isEmpty ? nil : Outcome(record: nil, issues: issues)
  }

  private mutating func outcome(
    of image: COCOIndex.Entry, _ bytes: UnsafeRawBufferPointer
  ) -> Outcome {
    var source = source
    source.line = lines.line(of: image.position, in: bytes)
    let place = file.place(line: source.line)
    do {
      guard var draft = try COCOImage.draft(bytes, at: image.position) else {
        return Outcome(
          record: nil,
          issues: [
            RecordIssue(.malformedRecord, at: place, "image: expected a 'file_name', found none")
          ])
      }
      for entry in index.annotations(of: image.id) {
        let annotation = try COCOAnnotation(bytes, at: entry.position)
        guard let face = annotation.face(index.categories, options, &notes) else { continue }
        draft.faces.append(face)
      }
      return draft.outcome(source, in: file.name, options)
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
    line += bytes[position..<offset].count { $0 == 0x0A }
    position = offset
    return line
  }
}

/// What is counted over a COCO file and said once.
struct COCONotes {
  var (crowds, otherKinds, withoutFace) = (0, 0, 0)
  var kinds: Set<String> = []
  var shapes = 0

  mutating func take(at place: SourceLocation, unlisted: Int) -> [RecordIssue] {
    defer { self = COCONotes() }
    var issues: [RecordIssue] = []
    if unlisted > 0 {
      issues.append(
        RecordIssue(
          .malformedRecord, at: place,
          "annotations: expected images that are listed, found \(unlisted) of others"))
    }
    if otherKinds > 0 {
      let names = kinds.sorted().prefix(4).map { "'\($0)'" }.joined(separator: ", ")
      issues.append(
        RecordIssue(
          .otherAnnotations, at: place,
          "annotations: expected faces, found \(otherKinds) of \(names), which are left out"))
    }
    if withoutFace > 0 {
      issues.append(
        RecordIssue(
          .otherAnnotations, at: place,
          "annotations: expected faces, found \(withoutFace) people whose face is not valid, which are left out"
        ))
    }
    if shapes > 0 {
      issues.append(
        RecordIssue(
          .otherAnnotations, at: place,
          "segmentation: expected none, found \(shapes); records hold no outlines"))
    }
    return issues
  }
}
