public import Codecs
internal import Pipeline
public import Schema

/// What the commands share that read records and write some of them: outputs that appear when they are
/// whole, an issue log beside them, and how the run ends.
final class SelectionRun {
  let inputs: [RecordFile]
  /// Further inputs, which are no records.
  let texts: [MappedFile]
  private(set) var tally = Tally()
  /// Whether the run's answer is itself a finding, as a difference is.
  var hasFindings = false
  let settings: RunSettings
  private let context: RunContext
  private var issues: OutputFile?
  private var issuesPath: String?

  /// Runs `body` for a folder of outputs, which is made. `body` gets the folder to write to, and returns
  /// what is said when all is there. The issue log is `log` in it.
  static func makeFolder(
    _ path: String, log: String, from inputs: [String], texts: [String] = [],
    existing: OutputSet.Existing, settings: RunSettings, _ context: RunContext,
    _ body: (SelectionRun, String) throws -> [String]
  ) throws -> RunOutcome {
    let outputs = try OutputSet(folder: path, inputs: inputs + texts, existing: existing)
    // Inputs first: where one is missing, nothing is begun.
    let run = try SelectionRun(
      inputs: inputs, texts: texts, settings: settings, context)
    try context.begin(outputs)
    let folder = try outputs.makeFolder("")
    let issues = try OutputFile(path: "\(folder)/\(log)")
    (run.issues, run.issuesPath) = (issues, "\(outputs.base)/\(log)")
    let lines = try body(run, folder)
    try run.tally.checkSomethingIsWritten(to: outputs)
    try issues.finish()
    try context.stop.check()
    try outputs.publish()
    return run.sumUp(lines)
  }

  /// Runs `body` for one file of records; '-' is standard output. `body` returns how many records it wrote, and
  /// what is said when all is there.
  static func makeFile(
    _ path: String, from inputs: [String], settings: RunSettings, _ context: RunContext,
    _ body: (SelectionRun, OutputFile) throws -> (written: Int, lines: [String])
  ) throws -> RunOutcome {
    let outputs = try OutputSet(
      file: path, ending: ".jsonl", companions: [OutputSuffix.issues], inputs: inputs)
    let run = try SelectionRun(inputs: inputs, settings: settings, context)
    try context.begin(outputs)
    if !outputs.isStream {
      run.issues = try outputs.file(OutputSuffix.issues)
      run.issuesPath = outputs.base + OutputSuffix.issues
    }
    let records = try outputs.mainFile()
    let (written, lines) = try body(run, records)
    try run.tally.checkSomethingIsWritten(to: outputs, records: written)
    try records.finish()
    try run.issues?.finish()
    try context.stop.check()
    try outputs.publish()
    return run.sumUp(lines)
  }

  /// Runs `body`, which prints what it finds.
  static func look(
    at inputs: [String], settings: RunSettings, _ context: RunContext,
    _ body: (SelectionRun) throws -> Void
  ) throws -> RunOutcome {
    let run = try SelectionRun(inputs: inputs, settings: settings, context)
    try body(run)
    return run.sumUp([])
  }

  private func sumUp(_ lines: [String]) -> RunOutcome {
    for line in tally.summaryLines(issuesFile: issuesPath, areIssuesTold: issues == nil) + lines {
      context.say(line)
    }
    return settings.outcome(after: tally, hasFindings: hasFindings)
  }

  private init(
    inputs: [String], texts: [String] = [], settings: RunSettings, _ context: RunContext
  ) throws {
    self.inputs = try inputs.map { try RecordFile(path: $0, shards: .whole) }
    self.texts = try texts.map { try MappedFile(path: $0) }
    (self.settings, self.context) = (settings, context)
  }

  /// Gives each record of a file to `body`.
  ///
  /// - Parameter isRepeated: the file was read before, and its issues told.
  func forEach(
    in file: RecordFile, isRepeated: Bool = false, _ body: (RecordPass.Item) throws -> Void
  ) throws {
    try RecordPass(settings: settings, stop: context.stop).run(
      over: file,
      count: { outcome in
        guard !isRepeated else { return }
        tally.read += 1
        for issue in outcome.issues { try report(issue) }
        if let record = outcome.record { tally.add(record) }
      }, body)
  }

  /// - Throws: `StrictStop` where the run is to stop at the first issue.
  func report(_ issue: RecordIssue) throws {
    if settings.isStrict { throw StrictStop(issue: issue) }
    let isFirst = tally.add(issue)
    guard let issues else {
      if isFirst { context.say("\(issue.severity.rawValue): \(issue)") }
      return
    }
    var line = JSONWriter()
    issue.write(to: &line)
    try issues.write(line.bytes)
  }
}

extension OutputFile {
  /// Writes a record as one line.
  public func write(_ record: ImageRecord, with writer: inout JSONWriter) throws {
    writer.removeAll()
    record.write(to: &writer)
    try write(writer.bytes)
  }
}
