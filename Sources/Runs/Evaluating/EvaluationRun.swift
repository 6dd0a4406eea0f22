internal import Codecs
public import Datasets
public import Evaluation
public import Geometry
internal import Pipeline
internal import Schema

/// Scores predictions against the truth.
public struct EvaluationRun: Job {
  /// Records; for WIDER FACE also a folder or zip of texts. '-' is standard input.
  public var predictions: String
  /// Records; for WIDER FACE also the benchmark's .mat files, of which there may be several.
  public var truth: [String]
  /// Whose metrics.
  public var method: EvaluationProtocol
  /// nil for what the output's ending says.
  public var format: EvaluationReport.Form?
  /// '-' is standard output.
  public var output = "-"
  /// How predicted poses are written in files that are no records and do not tell it; nil where the user does not name
  /// it.
  public var notation: PoseNotation?
  /// The unit of predicted angles in files that do not state it; nil where the user does not name it.
  public var angleUnit: AngleUnit?
  /// Which records are of one image.
  public var pairing = PredictionIndex.Pairing.auto
  /// By true yaw; nil for no bins.
  public var bins: Evaluation.YawBins? = .standard
  /// nil where no intervals are wanted.
  public var bootstrap: Bootstrap?
  /// The dataset's folder, for meshes that records only name.
  public var source: String?
  /// The mesh's triangles, a .npy that counts from 0.
  public var triangles: String?
  /// How the run goes about its work.
  public var settings: RunSettings

  /// The report of a protocol, as text on standard output.
  public init(
    predictions: String, truth: [String], method: EvaluationProtocol, settings: RunSettings
  ) {
    (self.predictions, self.truth) = (predictions, truth)
    (self.method, self.settings) = (method, settings)
  }

  private static let forms: [String: EvaluationReport.Form] = [
    ".txt": .text, ".md": .markdown, ".json": .json, ".tex": .latex,
  ]

  public func perform(_ context: RunContext) throws -> RunOutcome {
    let suffix = Self.forms.keys.first { output.hasSuffix($0) } ?? ""
    let outputs = try OutputSet(
      file: output, ending: suffix, companions: [OutputSuffix.issues],
      inputs: [predictions] + truth + [source, triangles].compactMap { $0 })
    var findings = Findings(isStrict: settings.isStrict)
    let report =
      method == .wider
      ? try widerReport(&findings, context) : try poseReport(&findings, context)
    try context.begin(outputs)
    let text = try report.rendered(as: format ?? Self.forms[suffix] ?? .text)
    if !outputs.isStream { try outputs.write(findings.jsonLines, to: OutputSuffix.issues) }
    try outputs.write(text.utf8)
    try context.stop.check()
    try outputs.publish()
    if !outputs.isStream { context.say("wrote     \(output)") }
    let log = outputs.isStream ? nil : outputs.base + OutputSuffix.issues
    for line in findings.summaryLines(issuesFile: log) { context.say(line) }
    return settings.outcome(after: findings.tally)
  }

  /// The pose protocols: the truth is streamed, each image's prediction looked up.
  private func poseReport(_ findings: inout Findings, _ context: RunContext) throws
    -> EvaluationReport
  {
    // A wrong truth is refused before predictions are read.
    var source = try RecordFile(path: truth[0], shards: .any)
    var scoring = try PoseScoring(self, findings: &findings, say: context.say)
    while let outcome = try source.next() {
      try context.stop.check()
      for issue in outcome.issues { try findings.add(issue) }
      if let record = outcome.record { try scoring.add(record, &findings) }
    }
    return try scoring.report(&findings, context)
  }
}
