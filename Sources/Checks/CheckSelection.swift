public import Schema

/// Which findings are shown, and which of them are accepted.
public struct CheckSelection: Sendable {
  private let only: Set<String>?
  private let ignored: Set<String>
  /// The accepted findings, with the entries used so far.
  public private(set) var acceptance: AcceptedFindings

  /// - Parameters:
  ///   - only: ids of the checks to run; nil for all.
  ///   - ignored: ids of the checks not to run.
  ///   - acceptance: the entries that accept findings.
  public init(
    only: Set<String>? = nil, ignored: Set<String> = [],
    acceptance: AcceptedFindings = AcceptedFindings([])
  ) {
    (self.only, self.ignored, self.acceptance) = (only, ignored, acceptance)
  }

  /// Whether the check's findings are shown.
  public func includes(_ check: Check) -> Bool {
    only?.contains(check.id) ?? true && !ignored.contains(check.id)
  }

  /// Whether an entry of the settings accepts the finding. The entry is then marked as used.
  public mutating func accepts(_ finding: Finding) -> Bool { acceptance.accepts(finding) }
}
