internal import FoundationEssentials
public import Pipeline
public import Schema

/// How a run goes about its work; nothing here changes what it writes.
public struct RunSettings: Sendable {
  /// How many threads work.
  public var jobs = ProcessInfo.processInfo.activeProcessorCount
  /// How progress is shown.
  public var progress = ProgressMeter.Style.none
  /// Whether the first issue, or finding of at least a warning, ends the run.
  public var isStrict = false
  /// The least severity of findings that makes the outcome `findings`.
  public var failOn = Check.Severity.error

  /// All cores, no progress.
  public init() {}

  /// - Parameters:
  ///   - tally: what the run met.
  ///   - hasFindings: whether the run's answer is itself a finding, as a difference is.
  public func outcome(after tally: Tally, hasFindings: Bool = false) -> RunOutcome {
    let isFound =
      hasFindings || tally.count(.error) > 0 || (failOn < .error && tally.count(.warning) > 0)
    return isFound ? .findings : .done
  }

  /// - Parameter worst: the worst severity that was found; nil where nothing was.
  public func outcome(worst: Check.Severity?) -> RunOutcome {
    worst.map { $0 >= failOn } == true ? .findings : .done
  }
}

/// How a run ended that did what it was asked for.
public enum RunOutcome: Sendable {
  /// Done, with nothing found of that severity.
  case done
  /// Done, with findings of the severity that was asked for.
  case findings
}
