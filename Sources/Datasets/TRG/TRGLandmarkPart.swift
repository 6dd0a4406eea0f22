internal import Codecs
internal import Schema

/// TRG's 300W_LP folder: images with 68 points, of 300W-LP and of any other dataset.
struct TRGLandmarkPart {
  private let folder: OutputFolder
  private var list: OutputFile?
  /// How many images each dataset gave, in the order in which they came.
  private(set) var counts: [(dataset: String, count: Int)] = []

  init(root: String) { folder = OutputFolder("\(root)/\(TRGRoot.Part.landmarks.folder)") }

  var count: Int { counts.reduce(0) { $0 + $1.count } }

  /// - Returns: false where a mirrored image or its original has other points in the file that the two share.
  mutating func write(
    _ record: ImageRecord, _ image: StoredImage, _ files: TRGLandmarkFiles
  ) throws -> Bool {
    let landmarkFile = try folder.path(of: files.landmarkFile)
    if fileExists(landmarkFile) {
      guard try Self.holds(landmarkFile, files.points) else { return false }
    } else {
      try MATWriter.write(files.points, to: landmarkFile)
    }
    // Whatever its format: OpenCV goes by what a file holds and not by its name.
    try image.copy(to: folder.path(of: files.line + ".jpg"))
    if !files.parameters.isEmpty {
      try MATWriter.write(files.parameters, to: folder.path(of: files.line + ".mat"))
    }
    // As the authors' list, it ends without a line feed.
    let list = try self.list ?? folder.file("files.txt")
    try list.write(((self.list == nil ? "" : "\n") + files.line).utf8)
    self.list = list
    add(record.source.dataset)
    return true
  }

  mutating func finish() throws { try list?.finish() }

  private mutating func add(_ dataset: String) {
    if let i = counts.firstIndex(where: { $0.dataset == dataset }) {
      counts[i].count += 1
    } else {
      counts.append((dataset, 1))
    }
  }

  /// Whether a file that this run wrote has the same points. Points that were mirrored twice are off by rounding.
  private static func holds(_ path: String, _ arrays: [MATArray]) throws -> Bool {
    try MappedFile(path: path, isWatched: false).withBytes { bytes in
      let written = try MATArrays(bytes, path: path, limit: 1 << 20)
      guard let old = written["pts_3d"]?.doubles,
        let new = arrays.first(where: { $0.name == "pts_3d" })?.doubles
      else { return false }
      return old.count == new.count && zip(old, new).allSatisfy { abs($0 - $1) < 1e-6 }
    }
  }

  /// What `dataset.json` says of it.
  var description: JSONValue {
    let origins = counts.map { dataset, count -> (key: String, value: JSONValue) in
      let isOwn = dataset == DatasetName.threeHundredWLP
      return (
        dataset,
        .object([("images", .integer(count)), ("pts_3d_counts_from", .integer(isOwn ? 1 : 0))])
      )
    }
    return .object([("images", .integer(count)), ("datasets", .object(origins))])
  }
}
