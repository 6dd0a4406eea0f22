internal import Codecs
internal import Datasets
internal import Inference
internal import Labelling
internal import Pipeline
internal import Schema
internal import Validation

/// Runs the networks over a dataset, keeping annotated and found faces side by side in a file, then goes
/// over these twice: what the annotations may mean shows in all of them, and each is judged by it.
public struct ValidationRun: Job {
  /// Lower than what a face needs to be believed: a trace of one is enough not to miss it.
  private static let threshold: Float = 0.2

  /// A file of records, or an LMDB; '-' is standard input.
  public var input: String
  /// The records' images.
  public var images = ImageLocation()
  /// Where to write the findings as JSON; nil for nowhere.
  public var json: String?
  /// Where to write a line of JSON for each face; nil for nowhere.
  public var faces: String?
  /// How the run goes about its work.
  public var settings: RunSettings

  /// Findings go to the answer alone.
  public init(input: String, settings: RunSettings) {
    (self.input, self.settings) = (input, settings)
  }

  public func perform(_ context: RunContext) throws -> RunOutcome {
    let read = [input] + images.paths
    let reports = try json.map { try OutputSet(file: $0, inputs: read) }
    let tables = try faces.map { try OutputSet(file: $0, inputs: read) }
    let outputs = [reports, tables].compactMap { $0 }
    try OutputSet.refuseShared(outputs)
    let kind = try InputKind(path: input)
    let isShard = kind.isLMDB
    switch kind {
    case .records, .shard, .empty: break
    default: throw WrongInput.refusal(input, kind, expected: "records or an LMDB")
    }
    var plan = PreparationPlan()
    plan.keepsAnnotation = true
    plan.heldLimit = images.pixelLimit
    plan.images = isShard ? nil : try images.open(or: nil, isRequired: true)
    plan.labelling = LabellingOptions()
    var search = FaceSearch()
    search.threshold = Self.threshold
    var source: any AnnotationSource =
      isShard ? try ShardSource(path: input, annotated: true) : try RecordFile(path: input)
    plan.inference = InferencePlan(
      models: try ReferenceInference(landmarks: .oNet), search: search)
    for set in outputs { try context.begin(set) }
    let table = try tables?.mainFile()
    let (report, tally) = try compare(
      &source, plan, detectorSize: Double(search.decodedSize), faces: table, context)
    try table?.finish()
    try reports?.write(report.json.prettyText.utf8)
    try context.stop.check()
    for set in outputs { try set.publish() }
    context.print(report.text)
    return settings.outcome(after: tally, hasFindings: !report.findings.isEmpty)
  }

  /// - Parameters:
  ///   - detectorSize: the longer side in pixels of what the detector is shown.
  ///   - table: where to write a line for each face.
  private func compare(
    _ source: inout any AnnotationSource, _ plan: PreparationPlan, detectorSize: Double,
    faces table: OutputFile?, _ context: RunContext
  ) throws -> (ValidationReport, Tally) {
    let pairs = try NamelessFile()
    let output = pairs.output
    var plan = plan
    plan.writesRecords = true
    let result = try Preparation(
      plan: plan, settings: settings, records: output, say: context.say, stop: context.stop
    ).run(&source)
    try output.flush()
    guard result.tally.images > 0 else {
      throw RunFailure("no image could be looked at, so nothing was compared")
    }
    var survey = ReadingSurvey()
    try forEachImage(of: pairs, detectorSize, context.stop) { survey.add($0) }
    var comparison = DatasetComparison(survey: survey.result)
    var line = JSONWriter()
    try forEachImage(of: pairs, detectorSize, context.stop) { image in
      for row in comparison.add(image) {
        line.removeAll()
        line.value(row.json)
        line.endLine()
        try table?.write(line.bytes)
      }
    }
    return (comparison.report, result.tally)
  }

  private func forEachImage(
    of pairs: NamelessFile, _ detectorSize: Double, _ stop: StopFlag,
    _ body: (ImageView) throws -> Void
  ) throws {
    var lines = RecordLines(file: try pairs.mapped())
    while let labelled = lines.next()?.record, let predicted = lines.next()?.record {
      try stop.check()
      let dataset = DatasetDescription.named(labelled.source.dataset)
      try body(
        ImageView(
          labelled: labelled, predicted: predicted, detectorSize: detectorSize,
          hasOneFaceByDesign: dataset?.hasOneFaceAnImage ?? false))
    }
  }
}
