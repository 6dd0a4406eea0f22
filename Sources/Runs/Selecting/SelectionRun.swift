internal import Codecs
internal import Pipeline
internal import Schema

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
  /// A folder of the outputs' disk, for temporary files as large as they are; nil where they are streams.
  private(set) var folder: String?
  /// Issues of reading that wait for others; nil where none do.
  private var held: HeldIssues?

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
    run.folder = outputs.folder
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
      run.folder = outputs.folder
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

  /// How a file is gone through.
  struct Reading {
    /// Whether the file was read before, and its issues told.
    var isRepeated = false
    /// Whether records have what is kept of their source.
    var keepsNative = true
    /// Whether an entry is read, asked for in their order; nil for all.
    var only: ((Int) throws -> Bool)?

    /// The first time, all of each record.
    static var whole: Reading { Reading() }
    /// The first time, without what is kept of the source.
    static var annotation: Reading { Reading(keepsNative: false) }
  }

  /// Gives each record of a file to `body`.
  func forEach(
    in file: RecordFile, _ reading: Reading = .whole,
    _ body: (RecordPass.Item, ImageRecord) throws -> Void
  ) throws {
    try pass(reading).run(over: file, count: { try count($0, reading) }, body)
  }

  /// The same, with what the worker threads make of it in its place.
  func forEach<Worker, Work: Sendable>(
    in file: RecordFile, _ reading: Reading = .whole,
    makeWorker: @escaping @Sendable () throws -> Worker,
    work: @escaping @Sendable (inout Worker, ImageRecord) throws -> Work,
    _ body: (RecordPass.Item, Work) throws -> Void
  ) throws {
    try forEach(
      in: file, reading, companion: { _ in }, makeWorker: makeWorker,
      work: { worker, record, _ in try work(&worker, record) }, body)
  }

  /// The same, where each record is worked on with what `companion` gives for its entry.
  func forEach<Companion: Sendable, Worker, Work: Sendable>(
    in file: RecordFile, _ reading: Reading = .whole,
    companion: (Int) throws -> Companion,
    makeWorker: @escaping @Sendable () throws -> Worker,
    work: @escaping @Sendable (inout Worker, ImageRecord, Companion) throws -> Work,
    _ body: (RecordPass.Item, Work) throws -> Void
  ) throws {
    try pass(reading).run(
      over: file, companion: companion, makeWorker: makeWorker, work: work,
      count: { try count($0, reading) }, body)
  }

  /// The same, with its line of a file of records.
  func forEachLine(
    in file: RecordFile, _ reading: Reading = .whole,
    _ body: (RecordPass.Item, _ line: [UInt8]) throws -> Void
  ) throws {
    try forEach(
      in: file, reading, makeWorker: JSONWriter.init, work: { try $1.line(with: &$0) }, body)
  }

  private func pass(_ reading: Reading) -> RecordPass {
    RecordPass(
      settings: settings, stop: context.stop, keepsNative: reading.keepsNative, only: reading.only)
  }

  private func count(_ found: RecordPass.Reading, _ reading: Reading) throws {
    guard !reading.isRepeated else { return }
    tally.read += 1
    for issue in found.issues {
      guard held != nil else {
        try report(issue)
        continue
      }
      try held?.add(issue, at: heldRecords)
      if settings.isStrict { throw StrictStop(issue: issue) }
    }
    guard let counts = found.counts else { return }
    heldRecords += 1
    tally.add(counts)
  }

  /// Counts no poses of a record that was read and is not written.
  func dropPoses(of line: [UInt8]) throws {
    let record = try line.withUnsafeBytes { try ImageRecord(json: $0, keepsNative: false) }
    tally.dropPoses(RecordCounts(record))
  }

  /// How many records were read since issues are held.
  private var heldRecords = 0

  /// Reads with `body`; the issues that are met wait for `releaseIssues`. With `--strict` reading ends at the first.
  func holdIssues(_ body: () throws -> Void) throws {
    (held, heldRecords) = (try HeldIssues(), 0)
    do { try body() } catch is StrictStop {}
  }

  /// Reports issues that wait, up to a record of those that were read meanwhile.
  ///
  /// - Parameter record: its number; nil for all that are left, after which none wait any more.
  func releaseIssues(before record: Int?) throws {
    guard var waiting = held else { return }
    held = nil
    try waiting.release(before: record, report)
    if record != nil { held = waiting }
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

extension ImageRecord {
  /// Its line of a file of records, with the line feed.
  func line(with writer: inout JSONWriter) throws -> [UInt8] {
    writer.removeAll()
    write(to: &writer)
    return try writer.bytes
  }
}
