internal import Codecs
internal import Geometry
internal import Schema

/// Reads Label Studio's JSON, task by task.
///
/// The file is looked through once for the places of its tasks, 8 bytes each, and the names of its points; a task is parsed
/// when it is asked for.
struct LabelStudioReader: SideAwareSource {
  private let file: AnnotationFile
  private let options: ReadingOptions
  private let source: RecordSource
  private let index: LabelStudioIndex
  private var nextTask = 0
  private var lines = LineCount()
  private var notes = LabelStudioNotes()
  private var isDone = false

  init(_ file: AnnotationFile, _ options: ReadingOptions) throws {
    (self.file, self.options) = (file, options)
    source = file.source(options)
    index = file.contents.withBytes { LabelStudioIndex($0, options.pointNames) }
  }

  var position: Int {
    nextTask < index.positions.count ? index.positions[nextTask] : size
  }
  var size: Int { file.contents.count }
  var hasNamedSides: Bool { index.labels.map?.hasSides == true }

  mutating func next() throws -> Outcome? {
    guard nextTask < index.positions.count else { return takeNotes() }
    let position = index.positions[nextTask]
    nextTask += 1
    return file.contents.withBytes { outcome(at: position, $0) }
  }

  /// What is said of the file as a whole, at its end.
  private mutating func takeNotes() -> Outcome? {
    guard !isDone else { return nil }
    isDone = true
    var issues = notes.take(at: file.place())
    if let fault = index.fault {
      issues.append(RecordIssue(.malformedRecord, at: file.place(), fault.description))
    }
    return issues.isEmpty ? nil : Outcome(record: nil, issues: issues)
  }

  private mutating func outcome(at position: Int, _ bytes: UnsafeRawBufferPointer) -> Outcome {
    var source = source
    source.line = lines.line(of: position, in: bytes)
    let place = file.place(line: source.line)
    do {
      var cursor = JSONCursor(bytes, at: position)
      let task = LabelStudioTask(try cursor.value(), &notes)
      guard let address = task.image else {
        return Outcome(
          record: nil,
          issues: [
            RecordIssue(
              .malformedRecord, at: place, "task: expected the address of an image, found none")
          ])
      }
      var draft = ImageDraft(path: address)
      draft.native = task.native
      var shapes = LabelStudioShapes()
      for result in task.results { shapes.add(result, at: place, &notes, &draft.issues) }
      if let turn = shapes.imageTurn {
        return Outcome(
          record: nil,
          issues: [
            RecordIssue(
              .malformedRecord, at: place,
              "image_rotation: expected 0, found \(turn); the coordinates are those of a turned image"
            )
          ])
      }
      draft.size = shapes.size
      draft.faces = shapes.faces(index.labels, options, &notes.shapes)
      return draft.outcome(source, in: file.name, options)
    } catch {
      return Outcome(record: nil, issues: [RecordIssue(.malformedRecord, at: place, "\(error)")])
    }
  }
}

/// What is counted over a Label Studio file and said once.
struct LabelStudioNotes {
  var shapes = ShapeNotes()
  /// Annotations of further annotators.
  var further = 0
  /// Tasks that nobody annotated, or whose annotation was skipped.
  var empty = 0

  mutating func take(at place: SourceLocation) -> [RecordIssue] {
    var issues = shapes.take(at: place)
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
    (further, empty) = (0, 0)
    return issues
  }
}
