internal import Codecs
public import Datasets
public import Schema
internal import Shards

/// The samples of an LMDB, each with its image: whole records, or images by their number where the layout
/// keeps nothing else.
public struct ShardSource: AnnotationSource {
  private let shard: ShardReader
  private let file: String
  /// Whether faces of img2pose's layout are read too.
  private let isAnnotated: Bool
  /// The next sample's index; to come back to one, it is set to what it was.
  public var position = 0
  /// Whether outcomes have the images' bytes.
  var takesImages = true
  /// Whether its samples are whole records.
  var holdsRecords: Bool { shard.layout.holdsRecords }
  /// In samples.
  public var size: Int { shard.count }

  /// - Throws: `LMDBError` or `ShardError` where the file is no shard.
  public init(path: String, annotated: Bool = false) throws {
    isAnnotated = annotated
    shard = try ShardReader(path: path)
    file = SourceLocation.fileName(of: path)
  }

  /// The next sample.
  public mutating func next() throws -> Outcome? {
    guard position < shard.count else {
      try shard.checkUnchanged()
      return nil
    }
    let index = position
    position += 1
    let outcome = try shard.withSample(index) { sample, bytes in
      var outcome = Outcome(record: try record(of: sample, index))
      if takesImages {
        outcome.image = Array(UnsafeRawBufferPointer(rebasing: bytes[sample.image]))
      }
      return outcome
    }
    guard let outcome else {
      throw RunFailure("\(file): expected \(shard.count) samples, found none at \(index)")
    }
    return outcome
  }

  private func record(of sample: StoredSample, _ index: Int) throws -> ImageRecord {
    if shard.layout.holdsRecords { return try sample.usableRecord() }
    return ImageRecord(
      source: RecordSource(dataset: sample.record.source.dataset, file: file),
      image: ImageReference(path: String(index)),
      faces: isAnnotated ? try sample.usableRecord().faces : [])
  }
}
