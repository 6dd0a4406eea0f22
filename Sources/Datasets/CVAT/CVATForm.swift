internal import Codecs
internal import Schema

/// CVAT for images XML, image by image in the file's order.
///
/// The file is looked through once for the places of its images, 8 bytes each; an image is parsed when it is asked for.
struct CVATForm: IndexedForm, SidedForm {
  var options: ReadingOptions
  private let index: CVATIndex
  private var lines = LineCount()
  private var maps = PointMaps()
  var notes = CVATNotes()

  /// - Throws: `AnnotationFault` where not one image can be read.
  static func reader(
    _ file: AnnotationFile, _ options: ReadingOptions
  ) throws -> IndexedReader<CVATForm> {
    try IndexedReader(file, options) { bytes in
      let index = CVATIndex(bytes, options.pointNames)
      if let fault = index.fault, index.images.isEmpty {
        throw AnnotationFault(
          .malformedRecord, at: file.place(line: fault.line), fault.description)
      }
      return CVATForm(options: options, index: index)
    }
  }

  var count: Int { index.images.count }
  func position(of image: Int) -> Int { index.images[image] }
  var hasNamedSides: Bool { index.hasSides }

  mutating func draft(
    of image: Int, in file: AnnotationFile, _ bytes: UnsafeRawBufferPointer,
    at place: SourceLocation
  ) throws -> ImageDraft {
    var cursor = XMLCursor(bytes, at: index.images[image])
    guard try cursor.next() == .start, let name = cursor.attribute("name"), !name.isEmpty else {
      throw RefusedImage("image: expected a 'name', found none")
    }
    var draft = ImageDraft(path: name)
    draft.setSize(cursor.attribute("width"), cursor.attribute("height"), at: place)
    for (key, value) in [
      ("id", cursor.attribute("id")), ("task_id", cursor.attribute("task_id")),
    ] {
      if let value { draft.native.append((key, .text(value))) }
    }
    if let subset = cursor.attribute("subset"), !subset.isEmpty {
      draft.split = subset.lowercased()
    }
    let shapes = try readShapes(&cursor, &draft, of: file, bytes)
    var faces = CVATFaces(options, hasFaceLabel: index.hasFaceLabel, maps: maps)
    faces.add(shapes, &notes)
    draft.faces = faces.faces
    maps = faces.maps
    return draft
  }

  func notes(on file: AnnotationFile) -> [RecordIssue] {
    var issues = notes.issues(at: file.place())
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
    return issues
  }

  private mutating func readShapes(
    _ cursor: inout XMLCursor, _ draft: inout ImageDraft, of file: AnnotationFile,
    _ bytes: UnsafeRawBufferPointer
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
}
