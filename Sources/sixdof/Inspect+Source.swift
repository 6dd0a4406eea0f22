internal import ArgumentParser
internal import Codecs
internal import Datasets
internal import Pipeline
internal import Schema

extension Inspect {
  /// What dataset a folder or archive holds, how much of it, and what is wrong.
  func inspectSource(_ input: String, _ stop: StopFlag) throws -> ExitCode {
    if let fault = try SourceDoctor.archiveFault(at: input) {
      show("\(input): not read")
      show("  \(fault.check.severity.rawValue): \(fault.detail)")
      return Exit.findings
    }
    let diagnosis = try SourceDoctor.diagnosis(of: FileTree(path: input)) { try stop.check() }
    show("\(input): \(diagnosis.title)")
    let width = diagnosis.counts.map(\.what.count).max() ?? 0
    for count in diagnosis.counts {
      let gap = String(repeating: " ", count: width - count.what.count)
      show("  \(count.what)\(gap)  \(count.text)")
    }
    for finding in diagnosis.findings {
      show("  \(finding.check.severity.rawValue): \(finding.detail)")
    }
    let worst = diagnosis.findings.map(\.check.severity).max()
    return worst.map { $0 >= ending.failOn } == true ? Exit.findings : Exit.done
  }
}

extension SourceDoctor {
  /// - Throws: `Failure` where an archive is not whole, or is none; folders and missing files pass.
  static func refuseFaultyArchive(_ path: String) throws {
    if let fault = try archiveFault(at: path) { throw Failure(fault.detail) }
  }

  /// Says on standard error what is wrong. Notes are not said.
  static func say(_ findings: [Finding]) {
    for finding in findings where finding.check.severity > .note {
      sixdof.say("\(finding.check.severity.rawValue): \(finding.detail)")
    }
  }
}
