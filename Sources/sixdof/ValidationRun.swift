internal import Codecs
internal import Datasets
internal import Pipeline
internal import Schema
internal import Validation

/// Runs the networks over a dataset, keeping annotated and found faces side by side in a file, then goes
/// over these twice: what the annotations may mean shows in all of them, and each is judged by it.
struct ValidationRun {
  /// Lower than what a face needs to be believed: a trace of one is enough not to miss it.
  static let threshold: Float = 0.2

  var plan: PreparationPlan
  var options: RunOptions
  var stop: StopFlag
  var detectorSize: Double

  /// - Parameter table: where to write a line for each face; nil for nowhere.
  func run(
    _ source: inout any AnnotationSource, faces table: OutputFile?
  ) throws -> (ValidationReport, Tally) {
    let pairs = try NamelessFile()
    let output = pairs.output
    var plan = plan
    plan.writesRecords = true
    let result = try Preparation(
      plan: plan, options: options, records: output, saysIssues: true, stop: stop
    ).run(&source)
    try output.flush()
    guard result.tally.images > 0 else {
      throw Failure("no image could be looked at, so nothing was compared")
    }
    var survey = ReadingSurvey()
    try forEachImage(of: pairs) { survey.add($0) }
    var comparison = DatasetComparison(survey: survey.result)
    var line = JSONWriter()
    try forEachImage(of: pairs) { image in
      for row in comparison.add(image) {
        line.removeAll()
        line.value(row.json)
        line.endLine()
        try table?.write(line.bytes)
      }
    }
    return (comparison.report, result.tally)
  }

  private func forEachImage(of pairs: NamelessFile, _ body: (ImageView) throws -> Void) throws {
    var lines = RecordLines(file: try pairs.mapped())
    while let labelled = lines.next()?.record, let predicted = lines.next()?.record {
      try stop.check()
      try body(ImageView(labelled: labelled, predicted: predicted, detectorSize: detectorSize))
    }
  }
}
