public import Codecs
public import Schema

/// Writes samples to one or several LMDB files at once, each sample to the file that holds the fewest
/// bytes so far, so that the files end up balanced without a pass to weigh the input.
public final class ShardSetWriter {
  private let layout: ShardLayout
  private var shards: [Shard]

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
  }

  /// - Parameters:
  ///   - paths: the files to write, one a shard.
  ///   - resume: go on with the files of an interrupted run where there are any.
  public init(paths: [String], layout: ShardLayout, resume: Bool) throws {
    precondition(!paths.isEmpty, "at least one shard")
    self.layout = layout
    shards = try paths.map { path in
      Shard(writer: try LMDBWriter(path: path, append: layout.hasAscendingKeys, resume: resume))
    }
  }

  /// The file names of a set with this prefix: `train.lmdb`, or `train-00000-of-00008.lmdb`.
  public static func names(prefix: String, count: Int) -> [String] {
    func padded(_ number: Int) -> String {
      let digits = String(number)
      return String(repeating: "0", count: max(0, 5 - digits.count)) + digits
    }
    if count == 1 { return [prefix + ".lmdb"] }
    return (0..<count).map { "\(prefix)-\(padded($0))-of-\(padded(count)).lmdb" }
  }

  /// Writes one sample; the image is read straight into the file's map.
  ///
  /// - Throws: `LMDBError`, `FileError`, or `ResumeError` where an interrupted run wrote otherwise.
  public func write(_ sample: EncodedSample, image: StoredImage) throws {
    var index = 0
    for i in shards.indices where shards[i].bytes < shards[index].bytes { index = i }
    let count = sample.head.count + image.count + sample.tail.count
    let imageRange = sample.head.count..<sample.head.count + image.count
    _ = try shards[index].writer.put(
      key: layout.key(shards[index].samples), count: count,
      fill: { room in
        room.write(sample.head, at: 0)
        try image.copy(to: room, at: imageRange.lowerBound)
        room.write(sample.tail, at: imageRange.upperBound)
      },
      isSame: { stored in
        stored[..<imageRange.lowerBound].elementsEqual(sample.head)
          && stored[imageRange.upperBound...].elementsEqual(sample.tail)
      })
    shards[index].samples += 1
    shards[index].bytes += count
  }

  /// Adds what the layout wants beside the samples, and makes the files whole and lasting.
  public func finish() throws -> [Summary] {
    for shard in shards {
      if layout == .img2pose { try writeIndex(of: shard) }
      try shard.writer.finish()
    }
    return shards.map { Summary(samples: $0.samples, bytes: $0.bytes) }
  }

  /// `__keys__`, an array of the keys as binary data, and `__len__`, an integer.
  private func writeIndex(of shard: Shard) throws {
    let header = MessagePackWriter()
    header.writeArray(count: shard.samples)
    let start = header.bytes
    var count = start.count
    for i in 0..<shard.samples { count += MessagePackWriter.binarySize(layout.key(i).count) }
    func copyKeys(to room: ValueRoom) {
      room.write(start, at: 0)
      var position = start.count
      for i in 0..<shard.samples {
        let key = layout.key(i)
        // The bin 8 format: keys are far shorter than 256 bytes.
        room.write([0xC4, UInt8(key.count)] + key, at: position)
        position += 2 + key.count
      }
    }
    _ = try shard.writer.put(
      key: Array("__keys__".utf8), count: count, fill: copyKeys, isSame: { _ in true })
    let length = MessagePackWriter()
    length.write(shard.samples)
    let bytes = length.bytes
    _ = try shard.writer.put(
      key: Array("__len__".utf8), count: bytes.count, fill: { $0.write(bytes, at: 0) },
      isSame: { $0.elementsEqual(bytes) })
  }
}
