internal import Codecs
internal import Geometry
internal import Schema

/// Reads CVAT for images XML, image by image in the file's order.
///
/// The file is looked through once for the places of its images, 8 bytes each; an image is parsed when it is asked for.
struct CVATReader: SideAwareSource {
  private let file: AnnotationFile
  private let options: ReadingOptions
  private let source: RecordSource
  private let index: CVATIndex
  private var nextImage = 0
  private var lines = LineCount()
  private var notes = CVATNotes()
  private var didEnd = false

  /// - Throws: `AnnotationFault` where not one image can be read.
  init(_ file: AnnotationFile, _ options: ReadingOptions) throws {
    (self.file, self.options) = (file, options)
    source = file.source(options)
    index = file.contents.withBytes { CVATIndex($0, options.pointNames) }
    if let fault = index.fault, index.images.isEmpty {
      throw AnnotationFault(
        .malformedRecord, at: file.place(line: fault.line), fault.description)
    }
  }

  var position: Int { nextImage < index.images.count ? index.images[nextImage] : size }
  var size: Int { file.contents.count }
  var hasNamedSides: Bool { index.hasSides }

  mutating func next() throws -> Outcome? {
    guard nextImage < index.images.count else { return takeNotes() }
    let position = index.images[nextImage]
    nextImage += 1
    return file.contents.withBytes { outcome(at: position, $0) }
  }

  /// What is said of the file as a whole, at its end.
  private mutating func takeNotes() -> Outcome? {
    guard !didEnd else { return nil }
    didEnd = true
    var issues = notes.take(at: file.place())
    if index.tracks > 0 {
      issues.append(
        RecordIssue(
          .otherAnnotations, at: file.place(),
          "tracks: expected images, found \(index.tracks) tracks of a video, which are left out; export the task as 'CVAT for images 1.1'"
        ))
    }
    if let fault = index.fault {
      issues.append(
        RecordIssue(.malformedRecord, at: file.place(line: fault.line), fault.description))
    }
    return issues.isEmpty ? nil : Outcome(record: nil, issues: issues)
  }

  private mutating func outcome(at position: Int, _ bytes: UnsafeRawBufferPointer) -> Outcome {
    var source = source
    source.line = lines.line(of: position, in: bytes)
    let place = file.place(line: source.line)
    var cursor = XMLCursor(bytes, at: position)
    do {
      guard try cursor.next() == .start, let name = cursor.attribute("name"), !name.isEmpty else {
        return Outcome(
          record: nil,
          issues: [RecordIssue(.malformedRecord, at: place, "image: expected a 'name', found none")]
        )
      }
      var draft = ImageDraft(path: name)
      draft.size = Self.size(cursor)
      for (key, value) in [
        ("id", cursor.attribute("id")), ("task_id", cursor.attribute("task_id")),
      ] {
        if let value { draft.native.append((key, .text(value))) }
      }
      if options.split == nil, let subset = cursor.attribute("subset"), !subset.isEmpty {
        source.split = subset.lowercased()
      }
      let shapes = try readShapes(&cursor, &draft, bytes)
      var faces = CVATFaces(options, hasFaceLabel: index.hasFaceLabel)
      faces.add(shapes, &notes)
      draft.faces = faces.faces
      return draft.outcome(source, in: file.name, options)
    } catch {
      return Outcome(record: nil, issues: [RecordIssue(.malformedRecord, at: place, "\(error)")])
    }
  }

  private mutating func readShapes(
    _ cursor: inout XMLCursor, _ draft: inout ImageDraft, _ bytes: UnsafeRawBufferPointer
  ) throws(XMLError) -> [CVATShape] {
    var shapes: [CVATShape] = []
    while let step = try cursor.next(), step != .end {
      guard step == .start else { continue }
      guard cursor.isNamed("box") || cursor.isNamed("skeleton") || cursor.isNamed("points") else {
        notes.add(other: "'\(String(decoding: cursor.content.prefix(40), as: UTF8.self))'")
        try cursor.skipElement()
        continue
      }
      let line = lines.line(of: cursor.name.lowerBound, in: bytes)
      var problem: String?
      if let shape = try CVATShape(&cursor, line: line, problem: &problem) { shapes.append(shape) }
      if let problem {
        draft.issues.append(RecordIssue(.malformedRecord, at: file.place(line: line), problem))
      }
    }
    return shapes
  }

  private static func size(_ cursor: XMLCursor) -> SIMD2<Int>? {
    let sides = [cursor["width"], cursor["height"]].compactMap {
      $0.flatMap(DecimalNumber.value).flatMap { Int(exactly: $0) }
    }
    return sides.count == 2 ? SIMD2(sides[0], sides[1]) : nil
  }
}
