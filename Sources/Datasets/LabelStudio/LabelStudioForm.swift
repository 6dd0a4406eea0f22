internal import Codecs
internal import Schema

/// Label Studio's JSON, task by task.
///
/// The file is looked through once for the places of its tasks, 8 bytes each, and the names of its points; a task is parsed
/// when it is asked for.
struct LabelStudioForm: IndexedForm, SidedForm {
  var options: ReadingOptions
  private let index: LabelStudioIndex
  var notes = LabelStudioNotes()

  init(_ bytes: UnsafeRawBufferPointer, _ options: ReadingOptions) {
    self.options = options
    index = LabelStudioIndex(bytes, options.pointNames)
  }

  var count: Int { index.positions.count }
  func position(of image: Int) -> Int { index.positions[image] }
  var hasNamedSides: Bool { index.labels.map?.hasSides == true }

  mutating func draft(
    of image: Int, in file: AnnotationFile, _ bytes: UnsafeRawBufferPointer,
    at place: SourceLocation
  ) throws -> ImageDraft {
    var shapes = LabelStudioShapes()
    var draft: ImageDraft
    if let usual = LabelStudioTask.usual(bytes, at: index.positions[image], &shapes) {
      draft = usual
    } else {
      shapes = LabelStudioShapes()
      draft = try self.draft(of: image, bytes, at: place, &shapes)
    }
    if let turn = shapes.imageTurn {
      throw RefusedImage(
        "image_rotation: expected 0, found \(turn); the coordinates are those of a turned image")
    }
    draft.size = shapes.size
    draft.faces = shapes.faces(index.labels, options, &notes.shapes)
    return draft
  }

  /// Reads a task of any shape, and says what of it cannot be used.
  private mutating func draft(
    of image: Int, _ bytes: UnsafeRawBufferPointer, at place: SourceLocation,
    _ shapes: inout LabelStudioShapes
  ) throws -> ImageDraft {
    var cursor = JSONCursor(bytes, at: index.positions[image])
    let task = LabelStudioTask(try cursor.value(), &notes)
    guard let address = task.image else {
      throw RefusedImage("task: expected the address of an image, found none")
    }
    var draft = ImageDraft(path: address)
    draft.native = task.native
    for result in task.results { shapes.add(result, at: place, &notes, &draft.issues) }
    draft.native += shapes.imageChoices
    return draft
  }

  func notes(on file: AnnotationFile) -> [RecordIssue] {
    notes.issues(at: file.place()) + file.issues(of: index.fault)
  }
}

/// What is counted over a Label Studio file and said once.
struct LabelStudioNotes: FormNotes {
  var shapes = ShapeNotes()
  /// Annotations of further annotators.
  var further = 0
  /// Tasks that nobody annotated, or whose annotation was skipped.
  var empty = 0

  mutating func add(_ next: LabelStudioNotes) {
    shapes.add(next.shapes)
    further += next.further
    empty += next.empty
  }

  func issues(at place: SourceLocation) -> [RecordIssue] {
    var issues = shapes.issues(at: place)
    if further > 0 {
      issues.append(
        RecordIssue(
          .otherAnnotations, at: place,
          "annotations: expected one a task, found \(further) of further annotators, which are left out"
        ))
    }
    if empty > 0 {
      issues.append(
        RecordIssue(
          .otherAnnotations, at: place,
          "tasks: expected an annotation, found \(empty) skipped or not annotated; their records have no faces"
        ))
    }
    return issues
  }
}
