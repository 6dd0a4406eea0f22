public import Pipeline
public import Schema

/// Proves an output end to end: its files against the manifest, its samples against their hashes and themselves,
/// counts and statistics against the samples.
///
///     manifest -> names, sizes and hashes of files -> samples, on all threads -> counts, statistics -> SHA-256
public struct OutputVerification {
  /// img2pose's local poses of a record as the manifest's run made them; nil where they cannot be made again.
  public typealias LocalPoses = (ImageRecord) -> [[Double]]

  var jobs: Int
  var progress: ProgressMeter.Style
  var stop: StopFlag
  /// How many findings of a check are kept.
  var examples: Int
  /// Of layout `records`, by a manifest's options; made once a thread.
  var makeLocalPoses: @Sendable (_ manifest: OutputManifest) -> LocalPoses?
  /// Is told of each finding as it comes, and may end the run.
  var onFinding: (Finding) throws -> Void

  /// - Parameters:
  ///   - jobs: threads.
  ///   - examples: how many findings of a check are kept; all are counted.
  ///   - makeLocalPoses: is asked once a thread where the samples are records.
  ///   - onFinding: is told of each finding as it comes, and may end the run.
  public init(
    jobs: Int, progress: ProgressMeter.Style, stop: StopFlag, examples: Int,
    makeLocalPoses: @escaping @Sendable (_ manifest: OutputManifest) -> LocalPoses?,
    onFinding: @escaping (Finding) throws -> Void
  ) {
    (self.jobs, self.progress, self.stop, self.examples) = (jobs, progress, stop, examples)
    (self.makeLocalPoses, self.onFinding) = (makeLocalPoses, onFinding)
  }

  /// - Throws: `FileError` or `LMDBError` where something cannot be read for a reason of the system; `Interruption`;
  ///   what `onFinding` throws.
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
