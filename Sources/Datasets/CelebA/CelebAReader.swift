internal import Codecs
internal import Geometry
internal import Schema

/// Finds CelebA's lists and reads them, joined by the image's name.
enum CelebAReader {
  /// The list to begin with: points of the original images, else of the aligned ones, else boxes.
  ///
  /// - Throws: `AnnotationFault` where there is none; errors of the tree.
  static func mainList(in tree: FileTree) throws -> AnnotationFile {
    var found: (rank: Int, path: String)?
    var walk = tree.walk()
    while let path = try walk.next() {
      let name = SourceLocation.fileName(of: path)
      guard path.hasEnding(".txt") || path.hasEnding(".csv"), name.hasPrefix("list_"),
        let file = try? AnnotationFile(path: path, in: tree), let list = list(of: file)
      else { continue }
      let rank = list.kind == .boxes ? 2 : CelebARow.isAligned(name) ? 1 : 0
      if rank < found?.rank ?? 3 { found = (rank, path) }
    }
    guard let found else {
      throw AnnotationFault(
        .unreadableFile, at: SourceLocation(file: "list_landmarks_celeba.txt"),
        "CelebA: expected a list of points or boxes, found none")
    }
    return try AnnotationFile(path: found.path, in: tree)
  }

  private static func list(of file: AnnotationFile) -> CelebAList? {
    file.contents.withBytes { CelebAList(FileGlance(path: file.path, bytes: $0).lines) }
  }

  /// - Throws: `AnnotationFault` where the file is no such list.
  static func reader(
    _ file: AnnotationFile, _ options: ReadingOptions
  ) throws -> RowListReader<CelebARow> {
    guard let list = list(of: file) else {
      throw AnnotationFault(
        .malformedRecord, at: file.place(), "header: expected CelebA's columns, found others")
    }
    let (start, line) = file.contents.withBytes { bytes in
      var lines = TextLines(bytes: bytes, position: TextForm.start(of: bytes))
      var (number, heads) = (0, 0)
      while heads < list.headLines, let next = lines.next() {
        number += 1
        if !next.content.isEmpty { heads += 1 }
      }
      return (lines.position, number + 1)
    }
    let row = try CelebARow(list, file)
    return RowListReader(file, options, row, from: start, line: line)
  }
}

/// A row of points or of a box, with what the other lists say of its image. The points have the image's left first.
struct CelebARow: RowForm {
  private let list: CelebAList
  private let hasOtherBoxes: Bool
  /// The other lists are mostly in the same order, and read along.
  static var readsInOrder: Bool { true }
  private var fields = TextFields()
  private var boxes: CelebACompanion?
  private var identities: CelebACompanion?
  private var parts: CelebACompanion?
  private var attributes: CelebACompanion?
  private let attributeNames: [String]

  /// Opens the lists beside one. Boxes are of the original images and not joined to points of the aligned ones.
  ///
  /// - Throws: errors of the tree, where a list cannot be read.
  init(_ list: CelebAList, _ file: AnnotationFile) throws {
    self.list = list
    let isAligned = Self.isAligned(file.name)
    let boxes = list.kind == .landmarks ? try Self.companion("list_bbox_celeba", of: file) : nil
    hasOtherBoxes = isAligned && boxes != nil
    self.boxes = isAligned ? nil : boxes?.list
    identities = try Self.companion("identity_CelebA", of: file)?.list
    parts = try Self.companion("list_eval_partition", of: file)?.list
    let attributes = try Self.companion("list_attr_celeba", of: file)
    self.attributes = attributes?.list
    attributeNames = attributes.map { Self.attributeNames($0.contents) } ?? []
  }

  /// Whether a list is of the aligned crops of 178 x 218 pixels.
  static func isAligned(_ name: String) -> Bool { name.contains("_align_") }

  private static func companion(
    _ name: String, of file: AnnotationFile
  ) throws -> (list: CelebACompanion, contents: FileContents)? {
    for ending in [".txt", ".csv"] {
      guard let contents = try contents(name + ending, of: file) else { continue }
      let mark = ending == ".csv" ? UInt8(ascii: ",") : nil
      return (CelebACompanion(contents, mark: mark), contents)
    }
    return nil
  }

  /// A list lies in the same folder, or in `Anno` or `Eval` beside it.
  private static func contents(_ name: String, of file: AnnotationFile) throws -> FileContents? {
    if let found = try file.neighbour(name) { return found }
    let parent = file.folder.split(separator: "/").dropLast().map { $0 + "/" }.joined()
    for folder in ["Anno/", "Eval/", ""] where file.tree?.contains(parent + folder + name) == true {
      return try file.tree.map { try AnnotationFile(path: parent + folder + name, in: $0).contents }
    }
    return nil
  }

  /// The names of the 40 attributes: a line of them, which begins with `image_id` in tables.
  private static func attributeNames(_ contents: FileContents) -> [String] {
    contents.withBytes { bytes in
      let glance = FileGlance(path: "", bytes: bytes)
      for line in glance.lines.prefix(2) {
        let mark = UInt8(ascii: ",")
        let fields = TextFields(line, at: line.contains(mark) ? mark : nil)
        guard fields.count > 1 else { continue }
        let names = (0..<fields.count).map(fields.text)
        return names.first == "image_id" ? Array(names.dropFirst()) : names
      }
      return []
    }
  }

  func name(in line: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
    guard let mark = list.mark else {
      let fields = TextFields(line)
      return fields.count > 1 ? fields[0] : nil
    }
    return TextFields.field(0, of: line, at: mark).flatMap { $0.isEmpty ? nil : $0 }
  }

  mutating func read(
    _ line: UnsafeRawBufferPointer, into draft: inout ImageDraft, at place: SourceLocation
  ) throws(RowProblem) {
    fields.read(line, at: list.mark)
    let count = list.kind == .landmarks ? 10 : 4
    guard let numbers = fields.numbers(from: 1), numbers.count == count else {
      let broken = fields.count == count + 1 ? RowProblem.ofNumbers(fields, 1..<count + 1) : nil
      throw broken ?? RowProblem(expected: "\(count) numbers", foundIn: line)
    }
    var face = FaceDraft()
    let name = fields[0]
    if list.kind == .boxes {
      face.box = Self.box(numbers)
    } else {
      let points = (0..<5).map { Landmarks.Point(SIMD2(numbers[2 * $0], numbers[2 * $0 + 1])) }
      face.landmarks = Landmarks(layout: .face5, points: points)
      let box = boxes?.row(of: name)?.compactMap { Double($0) } ?? []
      if box.count == 4 { face.box = Self.box(box) }
    }
    if let identity = identities?.row(of: name)?.first { face.add("subject_id", .text(identity)) }
    if let part = parts?.row(of: name)?.first { draft.split = Self.splits[part] }
    if let values = attributes?.row(of: name), values.count == attributeNames.count {
      let members = zip(attributeNames, values).map { ($0, JSONValue.boolean($1 == "1")) }
      face.native.append(("attributes", .object(members.map { (key: $0.0, value: $0.1) })))
    }
    draft.faces.append(face)
  }

  private static let splits = ["0": "train", "1": "val", "2": "test"]

  private static func box(_ numbers: [Double]) -> BoundingBox {
    BoundingBox(x: numbers[0], y: numbers[1], width: numbers[2], height: numbers[3])
  }

  func notes(at place: SourceLocation) -> [RecordIssue] {
    guard hasOtherBoxes else { return [] }
    return [
      RecordIssue(
        .otherAnnotations, at: place,
        "boxes: expected those of aligned images, found list_bbox_celeba, which is of the originals; it is left out"
      )
    ]
  }
}
