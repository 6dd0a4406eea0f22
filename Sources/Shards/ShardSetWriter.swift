public import Codecs
public import Schema

/// Writes samples to one or several LMDB files at once, each sample to the file that holds the fewest
/// bytes so far, so that the files end up balanced without a pass to weigh the input.
public final class ShardSetWriter {
  private let layout: ShardLayout
  private var shards: [Shard]
  private let hashes: HashTable
  private let hash = RunningXXH128()
  private let buffer = PieceBuffer()

  private struct Shard {
    let writer: LMDBWriter
    var samples = 0
    var bytes = 0
  }

  /// What one finished file holds.
  public struct Summary: Sendable {
    public var samples: Int
    /// Bytes of its samples' values.
    public var bytes: Int
    /// How many keys it holds, those of no sample included.
    public var entries: Int
    /// The file's size in bytes.
    public var fileBytes: Int
  }

  /// - Parameters:
  ///   - paths: the files to write, one a shard.
  ///   - resume: go on with the files of an interrupted run where there are any.
  public init(paths: [String], layout: ShardLayout, resume: Bool) throws {
    precondition(!paths.isEmpty, "at least one shard")
    self.layout = layout
    hashes = try HashTable(lists: paths.count)
    shards = try paths.map { path in
      Shard(writer: try LMDBWriter(path: path, append: layout.hasAscendingKeys, resume: resume))
    }
  }

  /// The file names of a set with this prefix: `train.lmdb`, or `train-00000-of-00008.lmdb`.
  public static func names(prefix: String, count: Int) -> [String] {
    if count == 1 { return [prefix + ".lmdb"] }
    return (0..<count).map { "\(prefix)-\($0.digits(5))-of-\(count.digits(5)).lmdb" }
  }

  /// Writes one sample, image and all, and keeps the hash of its value. The image is read once: the bytes that
  /// are hashed are those that are written.
  ///
  /// What an interrupted run left is read, hashed and compared instead.
  ///
  /// - Throws: `LMDBError`, `FileError`, or `ResumeError` where an interrupted run wrote otherwise.
  public func write(_ sample: EncodedSample, image: StoredImage) throws {
    var index = 0
    for i in shards.indices where shards[i].bytes < shards[index].bytes { index = i }
    let start = sample.head.count
    let end = start + image.count
    let count = end + sample.tail.count
    hash.reset()
    hash.add(sample.head)
    _ = try shards[index].writer.put(
      key: layout.key(shards[index].samples), count: count,
      fill: { room in
        try room.write(sample.head, at: 0)
        try image.forEachPiece(through: buffer) { piece, position in
          hash.add(piece)
          try room.write(piece, at: start + position)
        }
        try room.write(sample.tail, at: end)
      },
      isSame: { stored in
        guard stored[..<start].elementsEqual(sample.head),
          stored[end...].elementsEqual(sample.tail)
        else { return false }
        var isSame = true
        try image.forEachPiece(through: buffer) { piece, position in
          hash.add(piece)
          let there = stored[(start + position)...].prefix(piece.count)
          if !piece.isEqual(to: UnsafeRawBufferPointer(rebasing: there)) { isSame = false }
        }
        return isSame
      })
    hash.add(sample.tail)
    try hashes.append(hash.value, to: index)
    shards[index].samples += 1
    shards[index].bytes += count
  }

  /// Adds what the layout wants beside the samples, and makes the files whole and lasting.
  public func finish() throws -> [Summary] {
    try shards.map { shard in
      if layout == .img2pose { try writeIndex(of: shard) }
      return Summary(
        samples: shard.samples, bytes: shard.bytes,
        entries: shard.samples + (layout == .img2pose ? 2 : 0),
        fileBytes: try shard.writer.finish())
    }
  }

  /// Writes the samples' hashes as a NumPy array: a row (high, low) of each, shard after shard in the keys' order.
  public func writeHashes(to path: String) throws { try hashes.write(to: path) }

  /// `__keys__`, an array of the keys as binary data, and `__len__`, an integer.
  private func writeIndex(of shard: Shard) throws {
    let header = MessagePackWriter()
    header.writeArray(count: shard.samples)
    let start = header.bytes
    var count = start.count
    for i in 0..<shard.samples { count += MessagePackWriter.binarySize(layout.key(i).count) }
    func copyKeys(to room: ValueRoom) throws {
      // By pieces, for each may be a call of the system.
      var (piece, position) = (start, 0)
      for i in 0..<shard.samples {
        let key = layout.key(i)
        // The bin 8 format: keys are far shorter than 256 bytes.
        piece += [0xC4, UInt8(key.count)] + key
        if piece.count < 1 << 16, i + 1 < shard.samples { continue }
        try room.write(piece, at: position)
        position += piece.count
        piece.removeAll(keepingCapacity: true)
      }
      if !piece.isEmpty { try room.write(piece, at: position) }
    }
    _ = try shard.writer.put(
      key: Array("__keys__".utf8), count: count, fill: copyKeys, isSame: { _ in true })
    let length = MessagePackWriter()
    length.write(shard.samples)
    let bytes = length.bytes
    _ = try shard.writer.put(
      key: Array("__len__".utf8), count: bytes.count, fill: { try $0.write(bytes, at: 0) },
      isSame: { $0.elementsEqual(bytes) })
  }
}
