public import Codecs
internal import Pipeline
internal import Schema

/// Writes samples to one or several LMDB files at once. Unless it is told to which, a sample goes to the file that
/// holds the fewest bytes so far, so the files end up balanced without a first pass over the input.
public final class ShardSetWriter {
  private let layout: ShardLayout
  private var shards: [Shard]
  private let hashes: HashTable
  private let tools = SampleCopy.Tools()
  /// The threads that fill samples' places in the files; nil where the caller's does.
  private let copiers: OrderedCrew<Work, Copied?>?
  /// The bytes of the samples that the copiers have.
  private var bytesInFlight = 0

  /// How many bytes may be in flight: enough that copiers need not wait, and little beside what waits before them.
  private static let mostBytesInFlight = 8 << 20

  private typealias Work = @Sendable (SampleCopy.Tools) throws -> Copied?

  private struct Copied {
    var shard: Int
    var bytes: Int
    var hash: XXH128
  }

  private struct Shard {
    let writer: LMDBWriter
    var samples = 0
    var bytes = 0
    /// How many of its samples the copiers have.
    var inFlight = 0
  }

  /// The contents of one finished file.
  public struct Summary: Sendable {
    /// How many samples it holds.
    public var samples: Int
    /// The total size of its samples' values, in bytes.
    public var bytes: Int
    /// How many keys it holds, including those that belong to no sample.
    public var entries: Int
    /// The size of the file, in bytes.
    public var fileBytes: Int

    /// Of a file that was written elsewhere.
    public init(samples: Int, bytes: Int, entries: Int, fileBytes: Int) {
      (self.samples, self.bytes) = (samples, bytes)
      (self.entries, self.fileBytes) = (entries, fileBytes)
    }
  }

  /// Makes the files, or opens those of an interrupted run.
  ///
  /// - Parameters:
  ///   - paths: the files to write, one for each shard.
  ///   - layout: how samples are written.
  ///   - resume: whether to go on with the files of an interrupted run, if there are any.
  ///   - copiers: how many threads copy images into the files; 0 for none but the caller's. The files are the same.
  /// - Precondition: there is at least one path.
  /// - Throws: `LMDBError` or `FileError`; `NoThread` where no copier can be started.
  public init(paths: [String], layout: ShardLayout, resume: Bool, copiers: Int = 0) throws {
    precondition(!paths.isEmpty, "at least one shard")
    self.layout = layout
    self.copiers =
      copiers == 0
      ? nil
      : try OrderedCrew(
        workers: copiers, window: 16 * copiers, makeContext: SampleCopy.Tools.init,
        transform: { tools, work in try work(tools) })
    hashes = try HashTable(lists: paths.count)
    shards = try paths.map { path in
      Shard(writer: try LMDBWriter(path: path, append: layout.hasAscendingKeys, resume: resume))
    }
  }

  // No thread may write to a file that is closed.
  deinit { copiers?.dismiss() }

  /// The file names of a set of `count` shards: `train.lmdb`, or `train-00000-of-00008.lmdb`.
  ///
  /// - Parameters:
  ///   - prefix: what all names begin with.
  ///   - count: how many there are.
  ///   - isNumbered: whether a single one has a number, too, as parts of a run have.
  public static func names(prefix: String, count: Int, isNumbered: Bool = false) -> [String] {
    if count == 1, !isNumbered { return [prefix + ".lmdb"] }
    return (0..<count).map { "\(prefix)-\($0.digits(5))-of-\(count.digits(5)).lmdb" }
  }

  /// Writes one sample with its image, and keeps the hash of its value. The image is read only once: the bytes
  /// that are hashed are the bytes that are written. Where there are copiers this may be done later, before the batch
  /// that it belongs to is committed.
  ///
  /// A sample that an interrupted run has already written is read, hashed and compared instead.
  ///
  /// - Parameters:
  ///   - sample: all but its image.
  ///   - image: what goes into the sample's middle.
  ///   - shard: the number of the file to write to; nil for the one that holds the fewest bytes.
  /// - Throws: `LMDBError`, `FileError`, or `ResumeError` where the interrupted run wrote something else; what was met
  ///   with samples before this one.
  public func write(_ sample: EncodedSample, image: StoredImage?, to shard: Int? = nil) throws {
    let index = shard ?? emptiest
    let copy = SampleCopy(sample: sample, image: image)
    let bytes = copy.count
    while let copiers, copiers.isFull || bytesInFlight > Self.mostBytesInFlight { try collect() }
    var hash: XXH128?
    _ = try shards[index].writer.put(
      key: layout.key(shards[index].samples), count: bytes,
      fill: { room in
        guard let copiers, room.hasOwnPages else {
          hash = try copy.fill(room, tools)
          return
        }
        copiers.add { Copied(shard: index, bytes: bytes, hash: try copy.fill(room, $0)) }
        shards[index].inFlight += 1
        bytesInFlight += bytes
      },
      isSame: { stored in
        hash = try copy.hash(ifEqualTo: stored, tools)
        return hash != nil
      },
      settle: { while shards[index].inFlight > 0 { try collect() } })
    if let hash {
      try settle()
      try hashes.append(hash, to: index)
    }
    shards[index].samples += 1
    shards[index].bytes += bytes
    if let copiers, let sending = shards[index].writer.sending() {
      if copiers.isFull { try collect() }
      copiers.add { _ in
        sending()
        return nil
      }
    }
  }

  /// Waits for all samples that were written so far.
  ///
  /// - Throws: the first error that was met with one of them.
  public func settle() throws {
    while let copiers, copiers.pending > 0 { try collect() }
  }

  /// Waits for the earliest work that the copiers have.
  private func collect() throws {
    guard let done = try copiers?.collect() else { return }
    shards[done.shard].inFlight -= 1
    bytesInFlight -= done.bytes
    try hashes.append(done.hash, to: done.shard)
  }

  private var emptiest: Int {
    var index = 0
    for i in shards.indices where shards[i].bytes < shards[index].bytes { index = i }
    return index
  }

  /// Writes a sample to the first file as another one holds it.
  ///
  /// - Parameter value: the sample's bytes there.
  /// - Returns: their hash.
  /// - Throws: as for other samples.
  public func copy(_ value: UnsafeRawBufferPointer) throws -> XXH128 {
    let hash = XXH128(of: value)
    _ = try shards[0].writer.put(
      key: layout.key(shards[0].samples), count: value.count,
      fill: { try $0.write(value, at: 0) }, isSame: { $0.isEqual(to: value) })
    try hashes.append(hash, to: 0)
    shards[0].samples += 1
    shards[0].bytes += value.count
    return hash
  }

  /// Adds the keys that the layout needs besides its samples, completes the files and syncs them to the disk.
  ///
  /// - Throws: as `write`.
  public func finish() throws -> [Summary] {
    try settle()
    return try shards.map { shard in
      if layout.hasIndex { try writeIndex(of: shard) }
      return Summary(
        samples: shard.samples, bytes: shard.bytes,
        entries: shard.samples + layout.indexKeys,
        fileBytes: try shard.writer.finish())
    }
  }

  /// Writes the samples' hashes as a NumPy array with one row (high, low) a sample, in the order of shards and keys.
  public func writeHashes(to path: String) throws { try hashes.write(to: path) }

  /// `__keys__`, an array of the keys as binary data, and `__len__`, an integer.
  private func writeIndex(of shard: Shard) throws {
    let header = MessagePackWriter()
    header.writeArray(count: shard.samples)
    let start = header.bytes
    var count = start.count
    for i in 0..<shard.samples { count += MessagePackWriter.binarySize(layout.key(i).count) }
    func copyKeys(to room: ValueRoom) throws {
      // Writes in pieces, for each write may be a system call.
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
      key: Array(ShardLayout.listKey.utf8), count: count, fill: copyKeys, isSame: { _ in true })
    let length = MessagePackWriter()
    length.write(shard.samples)
    let bytes = length.bytes
    _ = try shard.writer.put(
      key: Array(ShardLayout.lengthKey.utf8), count: bytes.count,
      fill: { try $0.write(bytes, at: 0) },
      isSame: { $0.elementsEqual(bytes) })
  }
}
