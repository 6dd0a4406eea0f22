public import Codecs
public import Schema

/// Writes WebDataset shards: tar files in which `key.jpg` (or `.png`) and the record in `key.json` follow
/// each other.
///
/// A key is the record's number in ten digits, since WebDataset ends a key at its first dot and paths
/// may contain dots. https://github.com/webdataset/webdataset
public struct WebDatasetWriter: DatasetWriter {
  private let folder: String
  private let samplesAShard: Int
  private var shard: TarWriter?
  private var samples = 0

  /// - Parameters:
  ///   - folder: where the tar files go.
  ///   - samplesAShard: how many images a tar file holds; at least 1.
  public init(folder: String, samplesAShard: Int = 10_000) {
    self.folder = folder
    self.samplesAShard = samplesAShard
  }

  public func losses(of record: ImageRecord) -> [String] { [] }

  /// - Throws: `MissingImages` where no image is given.
  @discardableResult
  public mutating func write(
    _ record: ImageRecord, image: StoredImage?
  ) throws -> WrittenRecord {
    guard let image else { throw MissingImages() }
    if samples % samplesAShard == 0 {
      try shard?.finish()
      let number = (samples / samplesAShard).digits(6)
      shard = try TarWriter(path: "\(folder)/shard-\(number).tar")
    }
    let key = samples.digits(10)
    let ending = image.header.format.ending
    try image.bytes().withUnsafeBytes { try shard?.add("\(key).\(ending)", $0) }
    var json = JSONWriter()
    record.write(to: &json)
    try json.bytes.withUnsafeBytes { try shard?.add("\(key).json", $0) }
    samples += 1
    return .all(of: record)
  }

  public mutating func finish() throws { try shard?.finish() }
}

/// The error where a form that holds images is to be written without them.
public struct MissingImages: Error, CustomStringConvertible {
  /// The error, whose text is always the same.
  public init() {}

  public var description: String {
    "images: expected them for a form that holds images, found none"
  }
}
