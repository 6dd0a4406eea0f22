internal import Codecs
internal import Pipeline
internal import Schema
internal import Shards

/// Goes through the samples of several shards on all threads, in the order of shards and keys.
///
/// Each value is read once. Memory does not depend on the number of samples: only a few batches exist at a time.
struct ShardPass {
  /// A shard, with what is known about it beforehand.
  struct Shard {
    var path: String
    /// The manifest's entry for it.
    var entry: OutputManifest.Entry?
    /// The row of its first sample's hash.
    var firstHash = 0
  }

  /// What a shard holds.
  struct Found {
    var samples = 0
    /// The number of samples that exist.
    var read = 0
    var layout: ShardLayout?
    var valueBytes = 0
    var imageBytes = 0
    var faces = 0
    /// Nil where some poses are not known.
    var poses: PoseMoments? = PoseMoments()
  }

  let shards: [Shard]
  /// The hashes of the samples; nil where none are stored.
  let hashes: HashRows?
  let agreement: PoseAgreement
  /// Called once per thread; gives nil where local poses cannot be made again.
  let makeLocalPoses: @Sendable () -> SampleVerifier.LocalPoses?
  let jobs: Int
  let stop: StopFlag
  let report: (Finding) throws -> Void
  /// Is given the numbers of bytes and samples of each batch.
  let progress: (_ bytes: Int, _ samples: Int) -> Void

  /// The number of samples that a thread takes at a time.
  private static let batchSize = 16

  /// A few samples of one shard.
  fileprivate struct Batch: Sendable {
    var shard: Int
    var path: String
    var layout: ShardLayout
    var indices: Range<Int>
    var firstHash: Int
  }

  /// - Returns: for each shard what it holds.
  /// - Throws: errors of the system in reading; `Interruption`.
  func run() throws -> [Found] {
    var found = Array(repeating: Found(), count: shards.count)
    var next = 0
    var rest: Batch?
    func nextBatch() throws -> Batch? {
      try stop.check()
      while rest?.indices.isEmpty ?? true {
        guard next < shards.count else { return nil }
        rest = try open(next, &found[next])
        next += 1
      }
      guard var batch = rest else { return nil }
      let end = min(batch.indices.upperBound, batch.indices.lowerBound + Self.batchSize)
      rest?.indices = end..<batch.indices.upperBound
      batch.indices = batch.indices.lowerBound..<end
      return batch
    }
    let (hashes, agreement, makeLocalPoses) = (hashes, agreement, makeLocalPoses)
    try mapInOrder(
      workers: jobs, window: 4 * jobs,
      makeContext: { ShardWorker(hashes: hashes, agreement: agreement, makeLocalPoses()) },
      source: nextBatch,
      transform: { (worker: inout ShardWorker, batch: Batch) in
        (shard: batch.shard, verdicts: try worker.verdicts(on: batch))
      },
      sink: { (result: (shard: Int, verdicts: [SampleVerdict])) in
        try stop.check()
        for verdict in result.verdicts {
          try take(verdict, shards[result.shard], &found[result.shard])
        }
        progress(
          result.verdicts.reduce(0) { $0 + ($1.valueBytes ?? 0) }, result.verdicts.count)
      })
    return found
  }

  /// Examines a shard's keys; nil where the shard cannot be opened.
  private func open(_ number: Int, _ found: inout Found) throws -> Batch? {
    let shard = shards[number]
    let file = SourceLocation.fileName(of: shard.path)
    let keys: ShardKeys
    var faults: [String]
    do {
      let reader = try LMDBReader(path: shard.path)
      keys = try ShardKeys(reader)
      faults = try keys.faults(in: reader, mayBeEmpty: shard.entry?.samples == 0)
      if let entries = shard.entry?.entries, case let count = try reader.count(), count != entries {
        faults.append("keys: expected \(entries) by the manifest, found \(count)")
      }
    } catch let error where !error.isOfTheSystem {
      found.poses = nil
      try report(
        Finding(.outputFile, at: SourceLocation(file: file), error.detail(without: shard.path)))
      return nil
    }
    for fault in faults { try report(Finding(.shardKeys, at: SourceLocation(file: file), fault)) }
    (found.samples, found.layout) = (keys.count, keys.layout)
    return Batch(
      shard: number, path: shard.path, layout: keys.layout, indices: 0..<keys.count,
      firstHash: shard.firstHash)
  }

  private func take(_ verdict: SampleVerdict, _ shard: Shard, _ found: inout Found) throws {
    for fault in verdict.faults {
      let subject = fault.face.map { "sample \(verdict.index): face \($0 + 1)" }
      try report(
        Finding(
          fault.check, at: SourceLocation(file: SourceLocation.fileName(of: shard.path)),
          record: "\(verdict.index)", face: fault.face,
          "\(subject ?? "sample \(verdict.index)"): \(fault.detail)"))
    }
    if let bytes = verdict.valueBytes {
      found.read += 1
      found.valueBytes += bytes
    }
    found.imageBytes += verdict.imageBytes
    found.faces += verdict.faces
    guard let poses = verdict.localPoses, verdict.valueBytes != nil else {
      found.poses = nil
      return
    }
    for pose in poses { found.poses?.add(pose) }
  }
}

/// Reads and examines samples, on one thread.
private struct ShardWorker {
  private let hashes: HashRows?
  private let agreement: PoseAgreement
  private let localPoses: SampleVerifier.LocalPoses?
  private var reader: LMDBReader?
  private var verifier: SampleVerifier?

  init(hashes: HashRows?, agreement: PoseAgreement, _ localPoses: SampleVerifier.LocalPoses?) {
    (self.hashes, self.agreement, self.localPoses) = (hashes, agreement, localPoses)
  }

  /// - Throws: errors of the system in reading.
  mutating func verdicts(on batch: ShardPass.Batch) throws -> [SampleVerdict] {
    let (path, layout) = (batch.path, batch.layout)
    if reader?.path != path { reader = try LMDBReader(path: path) }
    if verifier?.layout != layout {
      verifier = SampleVerifier(layout: layout, agreement: agreement, localPoses: localPoses)
    }
    guard let reader, let verifier else { return [] }
    let verdicts = try batch.indices.map { index in
      let row = batch.firstHash + index
      let hash = hashes.flatMap { row < $0.count ? $0[row] : nil }
      do {
        let verdict = try reader.withValue(of: layout.key(index)) { bytes in
          verifier.verdict(on: bytes, index: index, hash: hash)
        }
        // Missing keys are reported for the shard as a whole.
        return verdict ?? SampleVerdict(index)
      } catch let error where !error.isOfTheSystem {
        var verdict = SampleVerdict(index)
        verdict.report(.shardSample, error.detail(without: path))
        return verdict
      }
    }
    try reader.checkUnchanged()
    return verdicts
  }
}

extension Error {
  /// Whether reading failed for a reason other than the file's contents.
  fileprivate var isOfTheSystem: Bool {
    switch self {
    case let error as FileError: !error.isMissing
    case let error as LMDBError: error.isSystemError
    case is ChangedFile: true
    default: false
    }
  }

  /// The error in words, without the path, which the location already names.
  fileprivate func detail(without path: String) -> String {
    let text = "\(self)"
    return text.hasPrefix(path + ": ") ? String(text.dropFirst(path.count + 2)) : text
  }
}
