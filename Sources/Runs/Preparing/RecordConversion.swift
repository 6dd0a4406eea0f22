internal import Codecs
public import Datasets
internal import FoundationEssentials
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
  /// Which part of the whole is done; nil for all of it.
  public var part: PartSettings?
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
    if let part { return try perform(part, context) }
    let outputs = try OutputSet(
      file: output, ending: OutputSuffix.records, companions: [OutputSuffix.issues],
      inputs: inputs, resume: resumption?.isWanted)
    // Before standard input is read, which may take long.
    try context.begin(outputs, run: outputs.isStream ? nil : resumption?.description())
    let (plan, source) = try open()
    return try convert(source, plan, to: outputs, nil, context)
  }

  /// One part of several, with a `part.json` that the whole can be made of.
  private func perform(_ part: PartSettings, _ context: RunContext) throws -> RunOutcome {
    let prefix = output.withoutSuffix(OutputSuffix.records) + part.number.suffix
    if try part.isDone(prefix, say: context.say) { return .done }
    let outputs = try OutputSet(
      base: prefix, files: [OutputSuffix.records, OutputSuffix.issues, OutputSuffix.part],
      // What another run has left of a part is looked at when no other can change it.
      inputs: inputs, existing: .overwritten, resume: resumption?.isWanted)
    let (plan, source) = try open()
    let work = try part.work({ source }, stop: context.stop.check)
    let description = try resumption.map { try $0.description() + "\n" + work.plan.id }
    return try part.make(
      work, outputs, context, description: description, from: { work.source(source) },
      { try convert($0, plan, to: outputs, (work, part.command[0]), context) })
  }

  private typealias Part = (work: PartWork, command: String)

  private func convert(
    _ source: any AnnotationSource, _ plan: PreparationPlan, to outputs: OutputSet, _ part: Part?,
    _ run: RunContext
  ) throws -> RunOutcome {
    var (plan, source) = (plan, source)
    plan.writesRecords = true
    let issues = outputs.isStream ? nil : try outputs.file(OutputSuffix.issues)
    let records = try outputs.mainFile()
    let result = try Preparation(
      plan: plan, settings: settings, issues: issues, records: records,
      found: resumption == nil || outputs.isStream ? nil : try FoundFaces(in: outputs),
      say: outputs.isStream ? run.say : nil, stop: run.stop
    ).run(&source)
    if part == nil {
      try plan.images?.tellOtherRoot(used: result.tally.images, run.say)
      try result.tally.checkSomethingIsWritten(to: outputs)
    }
    try issues?.finish()
    try records.finish()
    if let part { try write(part, result, plan, to: outputs) }
    try run.stop.check()
    try outputs.publish()
    sumUp(result, plan, of: outputs, run)
    return settings.outcome(after: result.tally)
  }

  private func write(
    _ part: Part, _ result: Preparation.Result, _ plan: PreparationPlan, to outputs: OutputSet
  ) throws {
    let name = URL(fileURLWithPath: outputs.base).lastPathComponent
    let manifest = Manifest(
      command: part.command, inputs: part.work.plan.inputs.map(\.json),
      options: .object([("records", .boolean(true))]),
      frames: plan.frames?.text(result.tally.convertedFrames), isOfMeshes: false,
      hasChecksum: false, result: result, shards: [],
      files: try Packing.digests(
        of: [OutputSuffix.records, OutputSuffix.issues], folder: nil, in: outputs.folder, name,
        withSHA256: false),
      part: part.work.json(result))
    try outputs.write(manifest.text.utf8, to: OutputSuffix.part)
  }

  private func sumUp(
    _ result: Preparation.Result, _ plan: PreparationPlan, of outputs: OutputSet, _ run: RunContext
  ) {
    let issuesFile = outputs.isStream ? nil : outputs.base + OutputSuffix.issues
    for line in result.tally.summaryLines(
      issuesFile: issuesFile, areIssuesTold: outputs.isStream)
    { run.say(line) }
    if plan.labelling != nil, result.tally.faces > 0, result.tally.facesWithLandmarks == 0,
      result.tally.facesWithPose == 0
    {
      run.say(
        "note: no face has landmarks, so no pose could be fitted; \(run.advice(.placeLandmarks))")
    }
    if result.tally.imagesWithKeptCamera > 0 {
      run.say(
        "note: \(counted(result.tally.imagesWithKeptCamera, "image")) not in the named camera but in that of \(result.tally.imagesWithKeptCamera == 1 ? "its" : "their") annotated poses; \(run.advice(.fitAnew))"
      )
    }
    if let text = plan.frames?.text(result.tally.convertedFrames) { run.say("frames    \(text)") }
    let file = part == nil ? output : outputs.base + OutputSuffix.records
    let shown = outputs.isStream ? "RECORDS.jsonl" : file
    for line in result.checks.lines(result.tally, command: "sixdof check \(shown)") {
      run.say(line)
    }
    if !outputs.isStream {
      run.say("wrote     \(file): \(counted(result.tally.images, "record"))")
    }
  }
}

extension Tally {
  /// - Throws: `RunFailure` where no record came of the input, so that nothing takes the place of what is there.
  func checkSomethingIsWritten(to outputs: OutputSet, records: Int? = nil) throws {
    guard (records ?? images) == 0 else { return }
    let kept = outputs.earlierFiles.isEmpty ? "" : "; \(outputs.earlierFiles[0]) stays as it was"
    let lines = summaryLines(issuesFile: nil).joined(separator: "\n")
    let isEmpty = read == 0 && issues.count(.error) + issues.count(.warning) == 0
    let reason = isEmpty ? "; it lists no images" : ""
    throw RunFailure("nothing usable was read, so nothing was written\(reason)\(kept)\n\(lines)")
  }
}
