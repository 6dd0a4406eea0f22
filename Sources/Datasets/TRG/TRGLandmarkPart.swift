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
    guard try SharedLandmarkFile.write(files.points, to: landmarkFile) else { return false }
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
