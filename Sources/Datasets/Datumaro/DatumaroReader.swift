internal import Codecs
internal import Schema

/// Reads datumaro's JSON, item by item.
///
/// The file is looked through once for its categories and the places of its items, 8 bytes each; an item is parsed when it
/// is asked for.
struct DatumaroReader: SideAwareSource {
  private let file: AnnotationFile
  private let options: ReadingOptions
  private let source: RecordSource
  private let index: DatumaroIndex
  private var nextItem = 0
  private var lines = LineCount()
  private var notes = ShapeNotes()
  private var isDone = false

  init(_ file: AnnotationFile, _ options: ReadingOptions) throws {
    (self.file, self.options) = (file, options)
    source = file.source(options)
    index = file.contents.withBytes { DatumaroIndex($0, options.pointNames) }
  }

  var position: Int { nextItem < index.positions.count ? index.positions[nextItem] : size }
  var size: Int { file.contents.count }
  var hasNamedSides: Bool { index.hasNamedSides }

  mutating func next() throws -> Outcome? {
    guard nextItem < index.positions.count else { return takeNotes() }
    let position = index.positions[nextItem]
    nextItem += 1
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
      let item = try cursor.value()
      guard var draft = Self.image(item) else {
        return Outcome(
          record: nil,
          issues: [
            RecordIssue(.malformedRecord, at: place, "item: expected an 'id' or a path, found none")
          ])
      }
      var shapes = DatumaroShapes(index)
      for annotation in item["annotations"]?.elements ?? [] {
        shapes.add(annotation, at: place, options, &notes, &draft.issues)
      }
      draft.faces = shapes.faces(options, &notes)
      return draft.outcome(source, in: file.name, options)
    } catch {
      return Outcome(record: nil, issues: [RecordIssue(.malformedRecord, at: place, "\(error)")])
    }
  }

  /// An item's image. A path that is absolute says where the image was on another machine, so the id is taken then, which
  /// is the path without its ending. The size is height first.
  private static func image(_ item: JSONValue) -> ImageDraft? {
    let image = item["image"] ?? item["media"]
    let id = item["id"]?.text ?? ""
    var path = (image?["path"]?.text ?? "").plainImagePath
    let stated = image?["path"]?.text ?? ""
    let isAbsolute =
      stated.hasPrefix("/") || stated.hasPrefix("\\") || stated.dropFirst().hasPrefix(":")
    if path.isEmpty || isAbsolute, !id.isEmpty {
      let ending = path.split(separator: "/").last?.split(separator: ".").dropFirst().last
      path = "\(id).\(ending ?? "jpg")"
    }
    guard !path.isEmpty else { return nil }
    var draft = ImageDraft(path: path)
    if let size = image?["size"]?.elements?.map(\.number), size.count >= 2,
      let height = size[0].flatMap({ Int(exactly: $0) }),
      let width = size[1].flatMap({ Int(exactly: $0) }), width > 0, height > 0
    {
      draft.size = SIMD2(width, height)
    }
    if let attributes = item["attr"] ?? item["attributes"], attributes != .object([]) {
      draft.native.append(("attr", attributes))
    }
    return draft
  }
}
