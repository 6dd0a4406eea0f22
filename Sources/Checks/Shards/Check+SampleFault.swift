internal import Schema
internal import Shards

extension Check {
  /// The check that reports a fault of a sample.
  init(_ kind: SampleFault.Kind) {
    self =
      switch kind {
      case .form: .shardSample
      case .counts: .shardCounts
      case .box: .shardBox
      case .pose: .shardPose
      case .sentinel: .shardSentinel
      }
  }
}
