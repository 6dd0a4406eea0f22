internal import Codecs
internal import Pipeline
internal import Schema

/// What commands share that read records and write some of them: outputs that appear when they are whole,
/// issues that are counted, and the exit code.
struct WholeOutput {
  let workspace: Workspace
  let stop: StopFlag

  /// Runs `body` over the outputs `prefix` + suffix.
  static func make(
    _ prefix: String, _ body: (borrowing WholeOutput) throws -> ExitStatus
  ) throws {
    let run = Interruptible()
    var made: Workspace?
    try reportingFailures {
      made = try Workspace(prefix: prefix, description: "", resume: nil)
      return Exit.done
    }
    guard let workspace = made else { return }
    run.name(workspace)
    try reportingFailures(workspace) {
      let status = try body(WholeOutput(workspace: workspace, stop: run.stop))
      try run.stop.check()
      try workspace.publish()
      for line in status.lines { say(line) }
      return status.errors > 0 ? Exit.findings : Exit.done
    }
  }

  /// How a run ended.
  struct ExitStatus {
    var errors = 0
    /// What is said when the outputs are there.
    var lines: [String] = []
  }

  /// Gives each record of a file to `body` with its place among the records; a bad line is said.
  ///
  /// - Returns: how many lines could not be read.
  func forEach(
    in file: MappedFile, saysIssues: Bool = true, strict: Bool = false,
    _ body: (Int, ImageRecord) throws -> Void
  ) throws -> Int {
    var lines = RecordLines(file: file)
    var (index, errors) = (0, 0)
    while let outcome = lines.next() {
      try stop.check()
      for issue in outcome.issues {
        if strict { throw StrictStop(issue: issue) }
        if saysIssues { say("\(issue.severity.rawValue): \(issue)") }
        if issue.severity == .error { errors += 1 }
      }
      guard let record = outcome.record else { continue }
      try body(index, record)
      index += 1
    }
    return errors
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
