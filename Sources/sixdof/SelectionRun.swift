internal import ArgumentParser
internal import Codecs
internal import Foundation
internal import Pipeline
internal import Schema

/// What the commands share that read records and write some of them: outputs that appear when they are
/// whole, an issue log beside them, and the exit code.
final class SelectionRun {
  let inputs: [RecordFile]
  /// Further inputs, which are no records.
  let texts: [MappedFile]
  private(set) var tally = Tally()
  /// Whether the run's answer is itself a finding, as a difference is.
  var hasFindings = false
  private let options: RunOptions
  private let stop: StopFlag
  private var issues: OutputFile?
  private var issuesPath: String?

  /// Runs `body` for a folder of outputs, which is made. `body` gets the folder to write to, and returns
  /// what is said when all is there. The issue log is `log` in it.
  static func makeFolder(
    _ path: String, log: String, from inputs: [String], texts: [String] = [], options: RunOptions,
    _ body: (SelectionRun, String) throws -> [String]
  ) throws {
    try make(from: inputs, texts: texts, options: options) {
      try Workspace(newFolder: path)
    } body: { run, workspace in
      let folder = workspace?.path("") ?? path
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      run.issues = try OutputFile(path: "\(folder)/\(log)")
      run.issuesPath = "\(path.withoutSuffix("/"))/\(log)"
      return try body(run, folder)
    }
  }

  /// Runs `body` for one file of records; '-' is standard output.
  static func makeFile(
    _ path: String, from inputs: [String], options: RunOptions,
    _ body: (SelectionRun, OutputFile) throws -> [String]
  ) throws {
    let prefix = path.withoutSuffix(".jsonl")
    try make(from: inputs, options: options) {
      path == "-" ? nil : try Workspace(prefix: prefix, description: "", resume: nil)
    } body: { run, workspace in
      run.issues = try workspace.map { try OutputFile(path: $0.path(".issues.jsonl")) }
      run.issuesPath = workspace.map { "\($0.prefix).issues.jsonl" }
      let records = try OutputFile(
        path: workspace?.path(String(path.dropFirst(prefix.count))) ?? path)
      let lines = try body(run, records)
      try records.finish()
      return lines
    }
  }

  /// Runs `body`, which prints what it finds.
  static func look(
    at inputs: [String], options: RunOptions, _ body: (SelectionRun) throws -> [String]
  ) throws {
    try make(from: inputs, options: options, workspace: { nil }, body: { run, _ in try body(run) })
  }

  private static func make(
    from inputs: [String], texts: [String] = [], options: RunOptions,
    workspace make: () throws -> Workspace?,
    body: (SelectionRun, Workspace?) throws -> [String]
  ) throws {
    let interruptible = Interruptible()
    var opened: SelectionRun?
    var workspace: Workspace?
    try reportingFailures {
      // Inputs first: where one is missing, nothing is begun.
      let files = try inputs.map { try RecordFile(path: $0, shards: .whole) }
      opened = SelectionRun(
        inputs: files, texts: try texts.map { try MappedFile(path: $0) }, options: options,
        stop: interruptible.stop)
      workspace = try make()
      return Exit.done
    }
    guard let run = opened else { return }
    if let workspace { interruptible.name(workspace) }
    try reportingFailures(workspace) {
      let lines = try body(run, workspace)
      try run.issues?.finish()
      try run.stop.check()
      try workspace?.publish()
      for line in run.tally.summaryLines(issuesFile: run.issuesPath) + lines { say(line) }
      return run.tally.count(.error) > 0 || run.hasFindings ? Exit.findings : Exit.done
    }
  }

  private init(inputs: [RecordFile], texts: [MappedFile], options: RunOptions, stop: StopFlag) {
    (self.inputs, self.texts, self.options, self.stop) = (inputs, texts, options, stop)
  }

  /// One record of a file.
  struct Item {
    /// Its place among the file's records.
    var index: Int
    var record: ImageRecord
    /// Where to find it again.
    var place: RecordFile.Place
  }

  /// Gives each record of a file to `body`.
  ///
  /// - Parameter isRepeated: the file was read before, and its issues told.
  func forEach(
    in file: RecordFile, isRepeated: Bool = false, _ body: (Item) throws -> Void
  ) throws {
    var file = file
    var index = 0
    let meter = ProgressMeter(style: options.progress, unit: "images", total: file.size)
    while case let place = file.place, let outcome = try file.next() {
      try stop.check()
      if !isRepeated {
        tally.read += 1
        for issue in outcome.issues { try report(issue) }
        if let record = outcome.record { tally.add(record) }
      }
      guard let record = outcome.record else { continue }
      try body(Item(index: index, record: record, place: place))
      index += 1
      meter.update(position: file.position, done: index, rejected: tally.rejected)
    }
    meter.finish()
  }

  /// - Throws: `StrictStop` where the run is to stop at the first issue.
  func report(_ issue: RecordIssue) throws {
    if options.strict { throw StrictStop(issue: issue) }
    tally.add(issue)
    guard let issues else { return say("\(issue.severity.rawValue): \(issue)") }
    var line = JSONWriter()
    issue.write(to: &line)
    try issues.write(line.bytes)
  }
}

extension OutputFile {
  /// Writes a record as one line.
  func write(_ record: ImageRecord, with writer: inout JSONWriter) throws {
    writer.removeAll()
    record.write(to: &writer)
    try write(writer.bytes)
  }
}
