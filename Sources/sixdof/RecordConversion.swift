internal import ArgumentParser
internal import Codecs
internal import Datasets
internal import Pipeline
internal import Schema

/// What `convert` and `label` share: from a source to JSON Lines and issues.
struct RecordConversion {
  var output: String
  var options: RunOptions
  var open: () throws -> (PreparationPlan, any AnnotationSource)

  func run() throws {
    let run = Interruptible()
    if output == "-" {
      try reportingFailures {
        try convert(open(), to: OutputFile(path: "-"), issues: nil, nil, stop: run.stop)
      }
      return
    }
    let prefix = output.withoutSuffix(".jsonl")
    let suffix = String(output.dropFirst(prefix.count))
    var workspace: Workspace?
    var input: (PreparationPlan, any AnnotationSource)?
    try reportingFailures {
      let made = try Workspace(prefix: prefix, description: "", resume: nil)
      workspace = made
      run.name(made)
      do {
        input = try open()
      } catch {
        // Nothing was begun, so nothing is left.
        made.discard()
        throw error
      }
      return Exit.done
    }
    guard let workspace, let input else { return }
    try reportingFailures(workspace) {
      let issues = try OutputFile(path: workspace.path(".issues.jsonl"))
      let records = try OutputFile(path: workspace.path(suffix))
      return try convert(input, to: records, issues: issues, workspace, stop: run.stop)
    }
  }

  private func convert(
    _ input: (PreparationPlan, any AnnotationSource), to records: OutputFile, issues: OutputFile?,
    _ workspace: Workspace?, stop: StopFlag
  ) throws -> ExitCode {
    var (plan, source) = input
    plan.writesRecords = true
    let result = try Preparation(
      plan: plan, options: options, issues: issues, records: records,
      saysIssues: workspace == nil, stop: stop
    ).run(&source)
    try plan.images?.tellOtherRoot(used: result.tally.images)
    try issues?.finish()
    try records.finish()
    try stop.check()
    try workspace?.publish()
    let issuesFile = workspace.map { $0.prefix + ".issues.jsonl" }
    for line in result.tally.summaryLines(issuesFile: issuesFile) { say(line) }
    if workspace != nil {
      say("wrote     \(output): \(Tally.count(result.tally.images, "record"))")
    }
    return result.tally.count(.error) > 0 ? Exit.findings : Exit.done
  }
}
