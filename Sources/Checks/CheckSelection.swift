public import Schema

/// Which findings are told, and which of them are accepted.
public struct CheckSelection: Sendable {
  private let only: Set<String>?
  private let ignored: Set<String>
  public private(set) var acceptance: AcceptedFindings

  /// - Parameters:
  ///   - only: ids of the checks to run; nil for all.
  ///   - ignored: ids of checks not to run.
  public init(
    only: Set<String>? = nil, ignored: Set<String> = [],
    acceptance: AcceptedFindings = AcceptedFindings([])
  ) {
    (self.only, self.ignored, self.acceptance) = (only, ignored, acceptance)
  }

  public func includes(_ check: Check) -> Bool {
    only?.contains(check.id) ?? true && !ignored.contains(check.id)
  }

  /// Whether an entry of the settings accepts the finding; which did is remembered.
  public mutating func accepts(_ finding: Finding) -> Bool { acceptance.accepts(finding) }
}
