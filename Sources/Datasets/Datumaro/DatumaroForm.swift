internal import Codecs
internal import Schema

/// datumaro's JSON, item by item.
///
/// The file is looked through once for its categories and the places of its items, 8 bytes each; an item is parsed when it
/// is asked for.
struct DatumaroForm: IndexedForm, SidedForm {
  var options: ReadingOptions
  private let index: DatumaroIndex
  var notes = ShapeNotes()

  init(_ bytes: UnsafeRawBufferPointer, _ options: ReadingOptions) {
    self.options = options
    index = DatumaroIndex(bytes, options.pointNames)
  }

  var count: Int { index.positions.count }
  func position(of image: Int) -> Int { index.positions[image] }
  var hasNamedSides: Bool { index.hasNamedSides }

  mutating func draft(
    of image: Int, in file: AnnotationFile, _ bytes: UnsafeRawBufferPointer,
    at place: SourceLocation
  ) throws -> ImageDraft {
    var cursor = JSONCursor(bytes, at: index.positions[image])
    let item = try cursor.value()
    guard var draft = Self.image(item, at: place) else {
      throw RefusedImage("item: expected an 'id' or a path, found none")
    }
    var shapes = DatumaroShapes(index)
    for annotation in item["annotations"]?.elements ?? [] {
      shapes.add(annotation, at: place, options, &notes, &draft.issues)
    }
    draft.faces = shapes.faces(options, &notes)
    return draft
  }

  func notes(on file: AnnotationFile) -> [RecordIssue] {
    notes.issues(at: file.place()) + file.issues(of: index.fault)
  }

  /// An item's image. A path that is absolute says where the image was on another machine, so the id is taken then, which
  /// is the path without its ending. The size is height first.
  private static func image(_ item: JSONValue, at place: SourceLocation) -> ImageDraft? {
    let image = item["image"] ?? item["media"]
    let id = item["id"]?.text ?? ""
    var path = image?["path"]?.text ?? ""
    let isAbsolute = path.isAbsoluteImagePath
    if path.isEmpty || isAbsolute, !id.isEmpty {
      let ending = path.split(separator: "/").last?.split(separator: ".").dropFirst().last
      path = "\(id).\(ending ?? "jpg")"
    }
    guard !path.isEmpty else { return nil }
    var draft = ImageDraft(path: path)
    if let size = image?["size"]?.elements, size.count >= 2 {
      draft.setSize(size[1].sideText, size[0].sideText, at: place)
    }
    if let attributes = item["attr"] ?? item["attributes"], attributes != .object([]) {
      draft.native.append(("attr", attributes))
    }
    return draft
  }
}
