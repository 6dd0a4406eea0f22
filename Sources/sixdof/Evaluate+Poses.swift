internal import Datasets
internal import Evaluation
internal import Pipeline
internal import Schema

extension Evaluate {
  /// The pose protocols: the truth is streamed, each image's prediction looked up.
  func poseReport(_ findings: inout Findings, _ stop: StopFlag) throws -> EvaluationReport {
    var scoring = try PoseScoring(self, findings: &findings)
    var source = try RecordFile(path: truth[0], shards: .any)
    while let outcome = try source.next() {
      try stop.check()
      for issue in outcome.issues { try findings.add(issue) }
      if let record = outcome.record { try scoring.add(record, &findings) }
    }
    return try scoring.report(&findings)
  }
}
