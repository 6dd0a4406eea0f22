internal import Codecs
internal import Datasets
internal import Pipeline
internal import Schema

extension Inspect {
  /// What dataset a folder or archive holds, how much of it, and what is wrong.
  func inspectSource(_ input: String) throws -> Bool {
    if let fault = try SourceDoctor.archiveFault(at: input) {
      print("\(input): not read")
      print("  \(fault.check.severity.rawValue): \(fault.detail)")
      return false
    }
    let stop = Interruptible().stop
    let diagnosis = try SourceDoctor.diagnosis(of: FileTree(path: input)) { try stop.check() }
    print("\(input): \(diagnosis.title)")
    let width = diagnosis.counts.map(\.what.count).max() ?? 0
    for count in diagnosis.counts {
      let gap = String(repeating: " ", count: width - count.what.count)
      print("  \(count.what)\(gap)  \(count.text)")
    }
    for finding in diagnosis.findings {
      print("  \(finding.check.severity.rawValue): \(finding.detail)")
    }
    return diagnosis.isSound
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
