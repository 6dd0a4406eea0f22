internal import ArgumentParser
internal import Codecs
internal import Glibc
internal import Inference
internal import Pipeline
internal import Runs

/// What the process ends with; nothing else. DESIGN §12, Documentation and `--help` list the same.
enum Exit {
  static let done = ExitCode(0)
  /// Done, with findings at or above `--fail-on`.
  static let findings = ExitCode(2)
  /// A wrong call: options, or an output that would do harm. ArgumentParser's own code, too.
  static let usage = ExitCode(64)
  /// Wrong input: nothing usable, or with `--strict` not all of it.
  static let wrongInput = ExitCode(65)
  /// A model or library is missing.
  static let unavailable = ExitCode(69)
  /// Reading or writing failed: a full disk, an unreadable file.
  static let inputOutput = ExitCode(74)
  /// Another run holds the output; try later.
  static let inUse = ExitCode(75)
  static let interrupted = ExitCode(130)
  static let terminated = ExitCode(143)

  /// A word for programs.
  static func reason(of code: ExitCode) -> String {
    switch code {
    case done: "done"
    case findings: "findings"
    case usage: "wrong-call"
    case unavailable: "model-missing"
    case inputOutput: "input-output"
    case inUse: "in-use"
    case interrupted, terminated: "interrupted"
    default: "wrong-input"
    }
  }

  /// For a run that did what it was asked for.
  static func code(for outcome: RunOutcome) -> ExitCode {
    switch outcome {
    case .done: done
    case .findings: findings
    }
  }

  /// For the signal that ended a run.
  static func after(_ signal: Int32?) -> ExitCode {
    signal == SIGTERM || signal == SIGHUP ? terminated : interrupted
  }

  /// For an error that ended it.
  static func code(for error: any Error) -> ExitCode {
    switch error {
    case let failure as RunFailure: failure.reason == .call ? usage : wrongInput
    case is StrictStop: wrongInput
    case let refusal as OutputRefusal: refusal.reason == .system ? inputOutput : usage
    case is OtherRun, is UnheededOption: usage
    case is OutputInUse: inUse
    case is InferenceUnavailable: unavailable
    case let error as FileError: code(for: error)
    case is ChangedFile, is NoThread: inputOutput
    case let error as LMDBError: error.isSystemError ? inputOutput : wrongInput
    default: wrongInput
    }
  }

  /// A file that is missing or of another kind is wrong input; one that is there and fails is not.
  private static func code(for error: FileError) -> ExitCode {
    error.isMissing ? wrongInput : inputOutput
  }
}
