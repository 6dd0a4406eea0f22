internal import Checks
internal import Codecs
internal import Schema

/// The files that a check writes, checked and not begun.
struct CheckFiles {
  let output: OutputSet
  let findings: OutputSet?
  let accept: OutputSet?
  let fix: OutputSet?
  let report: OutputSet?
  let task: OutputSet?

  var all: [OutputSet] { [output] + [findings, accept, fix, report, task].compactMap { $0 } }

  /// - Parameter inputs: what the run reads.
  init(_ outputs: CheckingRun.Outputs, reading inputs: [String]) throws {
    func file(_ path: String) throws -> OutputSet { try OutputSet(file: path, inputs: inputs) }
    output = try file(outputs.output)
    findings = try outputs.findings.map(file)
    accept = try outputs.accept.map(file)
    fix = try outputs.fix.map { try FixedRecords.outputs($0, inputs: inputs) }
    report = try outputs.report.map(file)
    task = try outputs.task.map {
      try OutputSet(folder: $0.folder, inputs: inputs, existing: $0.existing)
    }
    try OutputSet.refuseShared(all)
  }

  /// - Parameters:
  ///   - settings: the settings in use.
  ///   - severity: the least that fails.
  func open(
    _ outputs: CheckingRun.Outputs, _ settings: CheckSettings, severity: Schema.Check.Severity
  ) throws -> [any CheckOutput] {
    var files: [any CheckOutput] = [
      try FindingFile(output.mainFile(), outputs.format.makeStream())
    ]
    if let findings { files.append(try FindingFile(findings.mainFile(), FindingLines())) }
    if let accept {
      let entries = AcceptanceEntries(settings, severity: severity, reason: outputs.reason)
      files.append(try FindingFile(accept.mainFile(), entries))
    }
    return files
  }
}

extension CheckingRun.Format {
  /// Writes findings in this form.
  func makeStream() -> any FindingStream {
    switch self {
    case .text: TextFindings()
    case .json: JSONFindings()
    case .sarif: SARIFFindings(version: Release.version)
    }
  }

  /// The ending of a file of this form.
  var ending: String {
    switch self {
    case .text: ".txt"
    case .json: ".json"
    case .sarif: ".sarif"
    }
  }
}

extension CheckSettings {
  /// - Parameters:
  ///   - json: what a file of settings holds; nil where there is none.
  ///   - path: the file, for messages.
  /// - Throws: `RunFailure` where it cannot be used.
  init(_ json: JSONValue?, of path: String?) throws {
    do {
      self = try json.map { try CheckSettings($0) } ?? CheckSettings()
    } catch let error as ParsingError {
      throw RunFailure("\(path.map(SourceLocation.fileName) ?? "settings"): \(error)")
    }
  }
}

extension CheckSelection {
  /// - Parameters:
  ///   - settings: those in use.
  ///   - only: ids of checks; nil for all.
  ///   - ignored: ids of checks, beside those of the settings.
  init(_ settings: CheckSettings, only: [String]?, ignored: [String]) {
    self.init(
      only: only.map(Set.init), ignored: Set(ignored + settings.ignored),
      acceptance: AcceptedFindings(settings.accepted))
  }
}

extension FindingSelection {
  /// Says which entries of the settings accepted nothing.
  func tellUnused(_ context: RunContext) {
    for (number, entry) in selection.acceptance.unused {
      context.say(
        "settings: accept entry \(number), '\(entry.check)': expected a finding, found none")
    }
  }
}
