internal import ArgumentParser
internal import Codecs
internal import Datasets
internal import Pipeline
internal import Schema

/// What `convert`, `label` and `infer` share: from a source to JSON Lines and issues.
struct RecordConversion {
  var output: String
  /// What is read: the outputs must not be among it.
  var inputs: [String]
  var options: RunOptions
  /// How a run that looks for faces may go on with an interrupted one; nil where it cannot.
  var resumption: Resumption?
  var open: () throws -> (PreparationPlan, any AnnotationSource)

  struct Resumption {
    var isWanted: Bool
    /// All that decides which faces are found in an image.
    var description: () throws -> String
  }

  func run() throws {
    try CommandRun.perform { run in
      let outputs = try OutputSet(
        file: output, ending: ".jsonl", companions: [OutputSuffix.issues], inputs: inputs,
        resume: resumption?.isWanted)
      // Before standard input is read, which may take long.
      try run.begin(outputs, run: outputs.isStream ? nil : resumption?.description())
      let input = try open()
      return try convert(input, to: outputs, stop: run.stop)
    }
  }

  private func convert(
    _ input: (PreparationPlan, any AnnotationSource), to outputs: OutputSet, stop: StopFlag
  ) throws -> ExitCode {
    var (plan, source) = input
    plan.writesRecords = true
    let issues = outputs.isStream ? nil : try outputs.file(OutputSuffix.issues)
    let records = try outputs.mainFile()
    let result = try Preparation(
      plan: plan, options: options, issues: issues, records: records,
      found: resumption == nil || outputs.isStream ? nil : try FoundFaces(in: outputs),
      saysIssues: outputs.isStream, stop: stop
    ).run(&source)
    try plan.images?.tellOtherRoot(used: result.tally.images)
    try result.tally.checkSomethingIsWritten(to: outputs)
    try issues?.finish()
    try records.finish()
    try stop.check()
    try outputs.publish()
    let issuesFile = outputs.isStream ? nil : outputs.base + OutputSuffix.issues
    for line in result.tally.summaryLines(
      issuesFile: issuesFile, areIssuesTold: outputs.isStream)
    { say(line) }
    if let text = plan.frames?.text(result.tally.convertedFrames) { say("frames    \(text)") }
    let shown = outputs.isStream ? "RECORDS.jsonl" : output
    for line in result.checks.lines(result.tally, command: "sixdof check \(shown)") { say(line) }
    if !outputs.isStream {
      say("wrote     \(output): \(counted(result.tally.images, "record"))")
    }
    return options.exit(after: result.tally)
  }
}

extension Tally {
  /// - Throws: `Failure` where no record came of the input, so that nothing takes the place of what is there.
  func checkSomethingIsWritten(to outputs: OutputSet, records: Int? = nil) throws {
    guard (records ?? images) == 0 else { return }
    let kept = outputs.earlierFiles.isEmpty ? "" : "; \(outputs.earlierFiles[0]) stays as it was"
    let lines = summaryLines(issuesFile: nil).joined(separator: "\n")
    throw Failure("nothing usable was read, so nothing was written\(kept)\n\(lines)")
  }
}
