internal import Codecs
internal import Schema

/// COCO JSON, whose images come in the order of `images`.
///
/// The file is looked through once for the places of its images and annotations, 16 bytes each; an annotation is parsed
/// when its image is asked for.
struct COCOForm: IndexedForm, SidedForm {
  var options: ReadingOptions
  private let index: COCOIndex
  var notes = COCONotes()
  private var annotation = COCOAnnotation()

  private init(_ options: ReadingOptions, _ index: COCOIndex) {
    (self.options, self.index) = (options, index)
  }

  /// - Throws: `AnnotationFault` where the file is not such JSON.
  static func reader(
    _ file: AnnotationFile, _ options: ReadingOptions
  ) throws -> IndexedReader<COCOForm> {
    do {
      return try IndexedReader(file, options) { bytes in
        COCOForm(options, try COCOIndex(bytes, options.pointNames))
      }
    } catch let error as JSONError {
      throw AnnotationFault(.malformedRecord, at: file.place(), error.description)
    }
  }

  var count: Int { index.images.count }
  func position(of image: Int) -> Int { index.images[image].position }
  var hasNamedSides: Bool { index.categories.hasSides }

  mutating func draft(
    of image: Int, in file: AnnotationFile, _ bytes: UnsafeRawBufferPointer,
    at place: SourceLocation
  ) throws -> ImageDraft {
    let entry = index.images[image]
    guard var draft = try COCOImage.draft(bytes, at: entry.position, place) else {
      throw RefusedImage("image: expected a 'file_name', found none")
    }
    let annotations = index.annotations(of: entry.id)
    let isReading = options.sideVote?.isOpen != true
    if isReading { draft.finished.reserveCapacity(min(annotations.count, 1024)) }
    for entry in annotations {
      try annotation.read(bytes, at: entry.position)
      if isReading, draft.faces.isEmpty,
        annotation.addUsualFace(to: &draft.finished, index.categories, options)
      {
        continue
      }
      let face = annotation.face(index.categories, options, &notes)
      if isReading { draft.issues += annotation.issues(at: place) }
      if let face { draft.faces.append(face) }
    }
    return draft
  }

  mutating func countSides(
    of image: Int, in file: AnnotationFile, _ bytes: UnsafeRawBufferPointer
  ) {
    do throws(JSONError) {
      for entry in index.annotations(of: index.images[image].id) {
        if try annotation.countSides(bytes, at: entry.position, index.categories, options) {
          continue
        }
        try annotation.read(bytes, at: entry.position)
        _ = annotation.face(index.categories, options, &notes)
      }
    } catch {
      // It is told of when its records are read.
      return
    }
  }

  func notes(on file: AnnotationFile) -> [RecordIssue] {
    index.issues(at: file.place()) + notes.issues(at: file.place())
  }
}

/// What is counted over a COCO file and said once.
struct COCONotes: FormNotes {
  var (otherKinds, withoutFace) = (0, 0)
  var kinds: Set<String> = []
  var shapes = 0
  /// How many annotations have a v that is none of 0, 1 and 2, and the first such v.
  private var marks: (count: Int, first: Double) = (0, 0)

  /// Counts an annotation with a v of another kind.
  mutating func add(mark: Double) {
    if marks.count == 0 { marks.first = mark }
    marks.count += 1
  }

  mutating func add(_ next: COCONotes) {
    otherKinds += next.otherKinds
    withoutFace += next.withoutFace
    kinds.formUnion(next.kinds)
    shapes += next.shapes
    if marks.count == 0 { marks.first = next.marks.first }
    marks.count += next.marks.count
  }

  func issues(at place: SourceLocation) -> [RecordIssue] {
    var issues: [RecordIssue] = []
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
    if marks.count > 0 {
      issues.append(
        RecordIssue(
          .badLandmark, at: place,
          "keypoints: expected 0, 1 or 2 as v, found others, as \(marks.first), in \(counted(marks.count, "annotation")); a v above 2 counts as visible, one below 2 as occluded and one below 0 as missing"
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
