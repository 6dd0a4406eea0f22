internal import Codecs
internal import Datasets
internal import Pipeline
internal import Schema

extension InspectionRun {
  /// What dataset a folder or archive holds, how much of it, and what is wrong.
  func inspectSource(_ input: String, _ context: RunContext) throws -> RunOutcome {
    if let fault = try SourceDoctor.archiveFault(at: input) {
      context.show("\(input): not read")
      context.show("  \(fault.check.severity.rawValue): \(fault.detail)")
      return .findings
    }
    let diagnosis = try SourceDoctor.diagnosis(of: FileTree(path: input)) {
      try context.stop.check()
    }
    context.show("\(input): \(diagnosis.title)")
    let width = diagnosis.counts.map(\.what.count).max() ?? 0
    for count in diagnosis.counts {
      let gap = String(repeating: " ", count: width - count.what.count)
      context.show("  \(count.what)\(gap)  \(count.text)")
    }
    for finding in diagnosis.findings {
      context.show("  \(finding.check.severity.rawValue): \(finding.detail)")
    }
    return settings.outcome(worst: diagnosis.findings.map(\.check.severity).max())
  }
}
