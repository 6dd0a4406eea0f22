public import Pipeline
public import Schema
public import Shards

/// Proves an output end to end: its files by the manifest, its samples by their hashes and contents, and counts
/// and statistics by the samples.
///
///     manifest -> names, sizes and hashes of files -> samples, on all threads -> counts, statistics -> SHA-256
public struct OutputVerification {
  /// Makes img2pose's local poses of a record as the manifest's run did, in img2pose's unit.
  public typealias LocalPoses = (ImageRecord) -> [PoseVector]

  var jobs: Int
  var progress: ProgressMeter.Style
  var stop: StopFlag
  /// How many findings of each check are kept.
  var examples: Int
  /// Makes local poses for layout `records` by a manifest's options; called once per thread.
  var makeLocalPoses: @Sendable (_ manifest: OutputManifest) -> LocalPoses?
  /// The shards of the outputs' folder; nil to look for them.
  var shards: FolderShards?
  /// Is given each finding as it comes; may throw to end the run.
  var onFinding: (Finding) throws -> Void

  /// - Parameters:
  ///   - jobs: the number of threads.
  ///   - progress: how progress is shown.
  ///   - stop: ends the run when it is set.
  ///   - examples: how many findings of each check are kept; all are counted.
  ///   - shards: those of the outputs' folder; nil to look for them, for each output.
  ///   - makeLocalPoses: called once per thread if the samples are records; gives nil where poses cannot be made again.
  ///   - onFinding: is given each finding as it comes; may throw to end the run.
  public init(
    jobs: Int, progress: ProgressMeter.Style, stop: StopFlag, examples: Int,
    shards: FolderShards? = nil,
    makeLocalPoses: @escaping @Sendable (_ manifest: OutputManifest) -> LocalPoses?,
    onFinding: @escaping (Finding) throws -> Void
  ) {
    (self.jobs, self.progress, self.stop, self.examples) = (jobs, progress, stop, examples)
    (self.shards, self.makeLocalPoses, self.onFinding) = (shards, makeLocalPoses, onFinding)
  }

  /// The names of the shards of an output.
  func shards(ofPrefix prefix: String) -> [String] {
    guard let shards, shards.folder == OutputListing.path(of: prefix) else {
      return OutputListing.shards(ofPrefix: prefix)
    }
    return shards.names(ofOutput: OutputListing.name(of: prefix))
  }

  /// Verifies one output, or one LMDB on its own.
  ///
  /// - Throws: `FileError` or `LMDBError` where the system cannot read something; `Interruption`; what `onFinding`
  ///   throws.
  public func run(_ target: VerificationTarget) throws -> VerificationReport {
    switch target {
    case .shard(let path):
      var output = VerifiedOutput(name: path, by: self)
      try output.verify(shard: path)
      return output.report
    case .output(let prefix):
      var output = VerifiedOutput(name: prefix, by: self)
      try output.verify(prefix: prefix)
      return output.report
    }
  }
}
