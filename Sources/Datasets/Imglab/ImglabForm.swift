internal import Codecs
internal import Schema

/// The XML of dlib's imglab, image by image in the file's order.
///
/// The file is looked through once for the places of its images, 8 bytes each, and for the names of parts, which only
/// all faces together tell: without point 68 in one face, "1" to "67" would look like the numbers from 0.
struct ImglabForm: IndexedForm, SidedForm {
  /// The end of the stems of copies that 300-W's XML adds, left and right exchanged.
  static let mirrorSuffix = "_mirror"

  var options: ReadingOptions
  private let index: ImglabIndex
  private let labels: PointLabels
  private var lines = LineCount()
  var notes = ShapeNotes()

  /// - Throws: `AnnotationFault` where not one image can be read.
  static func reader(
    _ file: AnnotationFile, _ options: ReadingOptions
  ) throws -> IndexedReader<ImglabForm> {
    try IndexedReader(file, options) { bytes in
      let index = ImglabIndex(bytes)
      if let fault = index.faults.first, index.images.isEmpty {
        throw AnnotationFault(
          .malformedRecord, at: file.place(line: fault.line), fault.description)
      }
      return ImglabForm(options, index)
    }
  }

  private init(_ options: ReadingOptions, _ index: ImglabIndex) {
    (self.options, self.index) = (options, index)
    let isFace = !(index.partNames.count == 5 && index.hasEyeCorners)
    let labels = PointLabels(index.partNames, options.pointNames)
    self.labels =
      isFace || labels.map?.hasSides != false ? labels : PointLabels([], options.pointNames)
  }

  var count: Int { index.images.count }
  func position(of image: Int) -> Int { index.images[image] }
  var hasNamedSides: Bool { labels.map?.hasSides ?? false }

  mutating func draft(
    of image: Int, in file: AnnotationFile, _ bytes: UnsafeRawBufferPointer,
    at place: SourceLocation
  ) throws -> ImageDraft {
    var cursor = XMLCursor(bytes, at: index.images[image])
    guard try cursor.next() == .start, let raw = cursor["file"], !raw.isEmpty else {
      throw RefusedImage("image: expected a 'file', found none")
    }
    // Names are bytes of the system that wrote them, whatever encoding the file declares.
    guard let name = XMLCursor.text(raw) else {
      throw RefusedImage("image: expected a 'file' in UTF-8, found other bytes")
    }
    var draft = ImageDraft(path: file.imagePath(name))
    draft.setSize(cursor.attribute("width"), cursor.attribute("height"), at: place)
    var number = 0
    while let step = try cursor.next(), cursor.depth > 0 {
      guard step == .start else { continue }
      guard cursor.isNamed("box") else {
        try cursor.skipElement()
        continue
      }
      number += 1
      let line = lines.line(of: cursor.name.lowerBound, in: bytes)
      let box = try ImglabBox(&cursor, number: number, line: line)
      draft.issues += box.problems.map {
        RecordIssue(.malformedRecord, at: file.place(line: line), $0)
      }
      if let face = face(of: box, photo: draft.path) { draft.faces.append(face) }
    }
    return draft
  }

  /// Nil for a box of another thing, or one of which neither box nor parts can be used.
  private mutating func face(of box: ImglabBox, photo path: String) -> FaceDraft? {
    let isFace = box.label.isEmpty || box.label.namesFaces
    guard isFace || !index.hasFaceLabel else {
      notes.addOther("box of \(box.label)")
      return nil
    }
    guard box.face.box != nil || !box.parts.isEmpty else { return nil }
    var face = box.face
    if !isFace { face.add("label", .text(box.label)) }
    if index.hasMirrorCopies { face.add("source_photo", .text(Self.photo(path))) }
    face.points = box.parts.map(\.position)
    let (landmarks, others) = labels.landmarks(of: box.parts, options)
    face.landmarks = landmarks
    guard !others.isEmpty else { return face }
    notes.addUnmapped(others.map(\.name))
    let kept = others.map { part in
      (part.name, JSONValue.array([.double(part.position.x), .double(part.position.y)]))
    }
    face.native.append(("parts", .object(kept)))
    return face
  }

  func notes(on file: AnnotationFile) -> [RecordIssue] {
    var issues = notes.issues(at: file.place())
    issues += index.faults.map {
      RecordIssue(.malformedRecord, at: file.place(line: $0.line), $0.description)
    }
    let more = index.faultCount - index.faults.count
    if more > 0 {
      issues.append(
        RecordIssue(
          .malformedRecord, at: file.place(),
          "XML: expected elements, found \(more) further faults"))
    }
    return issues
  }

  /// The photo that an image and its mirrored copy show: the path without the copy's suffix and the ending.
  private static func photo(_ path: String) -> String {
    let stem = ImageReference.stem(of: path[...])
    return String(stem.hasSuffix(mirrorSuffix) ? stem.dropLast(mirrorSuffix.count) : stem)
  }
}
