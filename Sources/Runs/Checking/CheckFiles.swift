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
    let stream: any FindingStream =
      switch outputs.format {
      case .text: TextFindings()
      case .json: JSONFindings()
      case .sarif: SARIFFindings(version: Release.version)
      }
    var files: [any CheckOutput] = [try FindingFile(output.mainFile(), stream)]
    if let findings { files.append(try FindingFile(findings.mainFile(), FindingLines())) }
    if let accept {
      let entries = AcceptanceEntries(settings, severity: severity, reason: outputs.reason)
      files.append(try FindingFile(accept.mainFile(), entries))
    }
    return files
  }
}
