internal import Codecs
internal import Schema

/// TRG's ARKitFace folder.
struct TRGARKitFacePart {
  private let folder: OutputFolder
  /// The vertices of a mirrored mesh; nil where there are no tables.
  private let flipIndex: [Int]?
  private var lists: [String: OutputFile] = [:]
  /// How many images each split holds.
  private(set) var counts = ["train": 0, "test": 0]

  static let splits = ["train", "test"]

  init(root: String, flipIndex: [Int]?) {
    folder = OutputFolder("\(root)/\(TRGRoot.Part.arkitFace.folder)")
    self.flipIndex = flipIndex
  }

  var isEmpty: Bool { counts.values.allSatisfy { $0 == 0 } }

  /// Where a record's files are in the part's folder.
  static func paths(of record: ImageRecord) -> ARKitFacePaths {
    var record = record
    record.source.split = TRGRoot.split(of: record)
    return ARKitFacePaths(of: record, layout: .trg)
  }

  mutating func write(_ record: ImageRecord, _ image: StoredImage, info: [UInt8]) throws {
    let paths = Self.paths(of: record)
    let split = TRGRoot.split(of: record)
    try image.copy(to: folder.path(of: paths.image))
    try folder.write(info, to: paths.info)
    try list(split).write((ARKitFacePaths.row(of: record) + "\n").utf8)
    counts[split, default: 0] += 1
  }

  /// The list of a split, which holds the three columns that TRG reads and no others, for records may come from lists
  /// of different columns.
  private mutating func list(_ split: String) throws -> OutputFile {
    if let list = lists[split] { return list }
    let list = try folder.file("ARKitFace_list/list/ARKitFace_\(split).csv")
    try list.write((ARKitFaceList.required.joined(separator: ",") + "\n").utf8)
    lists[split] = list
    return list
  }

  /// Writes both lists, for TRG opens both, and the mirrored vertices.
  mutating func finish() throws {
    guard let flip = flipIndex else { return }
    for split in Self.splits { try list(split).finish() }
    lists = [:]
    try folder.write(
      NPY.file(
        type: "<i8", shape: [flip.count], data: flip.map { Int64($0) }.littleEndianBytes),
      to: "flip_index.npy")
  }

  /// What `dataset.json` says of it.
  var description: JSONValue {
    .object([
      ("train", .integer(counts["train"] ?? 0)), ("test", .integer(counts["test"] ?? 0)),
      ("flip_index", .text("computed from \(ARKitFaceTables.coordinatesFile)")),
    ])
  }
}
