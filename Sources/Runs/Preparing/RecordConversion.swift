internal import Codecs
public import Datasets
internal import Pipeline
internal import Schema

/// What `convert`, `label` and `infer` share: from a source to JSON Lines and issues.
public struct RecordConversion: Job {
  /// '-' is standard output.
  public var output: String
  /// What is read: the outputs must not be among it.
  public var inputs: [String]
  /// How the run goes about its work.
  public var settings: RunSettings
  /// How a run that looks for faces may go on with an interrupted one; nil where it cannot.
  public var resumption: Resumption?
  /// Gives what is done and the source; called once outputs are under way.
  public var open: () throws -> (PreparationPlan, any AnnotationSource)

  /// How an interrupted run is gone on with.
  public struct Resumption {
    /// Whether this run is to go on with one.
    public var isWanted: Bool
    /// All that decides which faces are found in an image.
    public var description: () throws -> String

    /// - Parameters:
    ///   - isWanted: whether this run is to go on with one.
    ///   - description: all that decides which faces are found in an image.
    public init(isWanted: Bool, description: @escaping () throws -> String) {
      (self.isWanted, self.description) = (isWanted, description)
    }
  }

  /// - Parameters:
  ///   - output: '-' is standard output.
  ///   - inputs: what is read: the outputs must not be among it.
  ///   - settings: how the run goes about its work.
  ///   - resumption: how an interrupted run is gone on with; nil where it cannot be.
  ///   - open: is called once outputs are under way.
  public init(
    output: String, inputs: [String], settings: RunSettings, resumption: Resumption? = nil,
    open: @escaping () throws -> (PreparationPlan, any AnnotationSource)
  ) {
    (self.output, self.inputs, self.settings) = (output, inputs, settings)
    (self.resumption, self.open) = (resumption, open)
  }

  public func perform(_ context: RunContext) throws -> RunOutcome {
    let outputs = try OutputSet(
      file: output, ending: ".jsonl", companions: [OutputSuffix.issues], inputs: inputs,
      resume: resumption?.isWanted)
    // Before standard input is read, which may take long.
    try context.begin(outputs, run: outputs.isStream ? nil : resumption?.description())
    return try convert(try open(), to: outputs, context)
  }

  private func convert(
    _ input: (PreparationPlan, any AnnotationSource), to outputs: OutputSet, _ run: RunContext
  ) throws -> RunOutcome {
    var (plan, source) = input
    plan.writesRecords = true
    let issues = outputs.isStream ? nil : try outputs.file(OutputSuffix.issues)
    let records = try outputs.mainFile()
    let result = try Preparation(
      plan: plan, settings: settings, issues: issues, records: records,
      found: resumption == nil || outputs.isStream ? nil : try FoundFaces(in: outputs),
      say: outputs.isStream ? run.say : nil, stop: run.stop
    ).run(&source)
    try plan.images?.tellOtherRoot(used: result.tally.images, run.say)
    try result.tally.checkSomethingIsWritten(to: outputs)
    try issues?.finish()
    try records.finish()
    try run.stop.check()
    try outputs.publish()
    let issuesFile = outputs.isStream ? nil : outputs.base + OutputSuffix.issues
    for line in result.tally.summaryLines(
      issuesFile: issuesFile, areIssuesTold: outputs.isStream)
    { run.say(line) }
    if let text = plan.frames?.text(result.tally.convertedFrames) { run.say("frames    \(text)") }
    let shown = outputs.isStream ? "RECORDS.jsonl" : output
    for line in result.checks.lines(result.tally, command: "sixdof check \(shown)") {
      run.say(line)
    }
    if !outputs.isStream {
      run.say("wrote     \(output): \(counted(result.tally.images, "record"))")
    }
    return settings.outcome(after: result.tally)
  }
}

extension Tally {
  /// - Throws: `RunFailure` where no record came of the input, so that nothing takes the place of what is there.
  func checkSomethingIsWritten(to outputs: OutputSet, records: Int? = nil) throws {
    guard (records ?? images) == 0 else { return }
    let kept = outputs.earlierFiles.isEmpty ? "" : "; \(outputs.earlierFiles[0]) stays as it was"
    let lines = summaryLines(issuesFile: nil).joined(separator: "\n")
    throw RunFailure("nothing usable was read, so nothing was written\(kept)\n\(lines)")
  }
}
