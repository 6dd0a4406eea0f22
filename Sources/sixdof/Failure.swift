internal import ArgumentParser
internal import Codecs
internal import Datasets
internal import Foundation
internal import Inference
internal import Pipeline
internal import Schema
internal import Shards
internal import Synchronization

/// A run that cannot go on, in words for the person who started it.
struct Failure: Error, CustomStringConvertible {
  let description: String
  let exit: ExitCode

  /// - Parameter exit: wrong input, unless something else is at fault.
  init(_ description: String, exit: ExitCode = Exit.wrongInput) {
    (self.description, self.exit) = (description, exit)
  }
}

/// `--strict` met its first issue.
struct StrictStop: Error {
  /// "place: what: expected X, found Y".
  let text: String

  init(issue: RecordIssue) { text = "\(issue)" }
  init(finding: Finding) { text = "\(finding.location): \(finding.detail)" }
}

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

  /// For the signal that ended a run.
  static func after(_ signal: Int32?) -> ExitCode {
    signal == SIGTERM || signal == SIGHUP ? terminated : interrupted
  }

  /// For an error that ended it.
  static func code(for error: any Error) -> ExitCode {
    switch error {
    case let failure as Failure: failure.exit
    case is StrictStop: wrongInput
    case let refusal as OutputRefusal: refusal.reason == .system ? inputOutput : usage
    case is OtherRun: usage
    case is OutputInUse: inUse
    case is InferenceUnavailable: unavailable
    case let error as FileError: code(for: error)
    case is ChangedFile: inputOutput
    case let error as LMDBError: error.isSystemError ? inputOutput : wrongInput
    case let error as CocoaError: error.isFileError ? inputOutput : wrongInput
    default: wrongInput
    }
  }

  /// A file that is missing or of another kind is wrong input; one that is there and fails is not.
  private static func code(for error: FileError) -> ExitCode {
    error.isMissing ? wrongInput : inputOutput
  }
}

/// The words for an error that ended a run, with what to do where the layer that threw it knows no option.
private func words(for error: any Error) -> String {
  switch error {
  case let refusal as OutputRefusal where refusal.reason == .exists:
    return "\(refusal); name another output, or give --overwrite"
  case let locked as OutputInUse: return "\(locked); wait for it or choose another --output"
  case is OtherRun: return "\(error); run without --resume to start anew"
  case let error as FileError: return "\(error)"
  case let error as CocoaError:
    // Foundation's own words name its domains and codes.
    let path = error.filePath ?? "a file"
    let reason = (error.underlying as? POSIXError).map {
      String(cString: strerror($0.code.rawValue))
    }
    return "\(path): \(reason ?? "it could not be read or written")"
  default: return "\(error)"
  }
}

/// One run of a command: the flag that signals raise, and the outputs under way.
final class CommandRun {
  let stop = StopFlag()
  private var outputs: [OutputSet] = []
  private let remainder = Note()

  /// What a run that is held up says when the signal comes.
  private final class Note: Sendable {
    let text = Mutex<String?>(nil)
  }

  private init() {
    let note = remainder
    stop.raiseOnSignals(graceSeconds: 0.7) { signal in
      say("interrupted" + (note.text.withLock { $0 }.map { "; \($0)" } ?? ""))
      return Exit.after(signal).rawValue
    }
  }

  /// Begins outputs that were checked; from here on there is something unfinished.
  func begin(_ set: OutputSet, run: String? = nil) throws {
    if !set.isStream {
      set.beforePublishing = MappedFile.checkAllUnchanged
      outputs.append(set)
    }
    try set.begin(run: run ?? OutputSet.anyRun)
    guard !set.isStream else { return }
    let words = outputs.map(\.words).joined(separator: "; ")
    remainder.text.withLock { $0 = words }
  }

  /// Does a command's work, and turns how it ends into words on standard error and an exit code.
  static func perform(_ work: (CommandRun) throws -> ExitCode) throws {
    let run = CommandRun()
    let code: ExitCode
    do {
      let result = try work(run)
      if run.outputs.isEmpty { try MappedFile.checkAllUnchanged() }
      run.sayLeftovers()
      try StandardOutput.shared.withLock { try $0.finish() }
      code = result
    } catch let interruption as Interruption {
      let kept = run.end(keepsUnfinished: true)
      say("interrupted" + (kept.isEmpty ? "; nothing was written" : "; " + kept))
      code = Exit.after(interruption.signal)
    } catch let finished as FinishedRun {
      _ = run.end(keepsUnfinished: true)
      say(
        "the interrupted run was whole; \(finished.base) and what belongs to it have their names now"
      )
      code = Exit.done
    } catch let stop as StrictStop {
      _ = run.end(keepsUnfinished: false)
      say(stop.text)
      say("stopped at the first issue, as --strict asks; nothing was written")
      code = Exit.code(for: stop)
    } catch let error as FileError where error.isBrokenPipe {
      // Whoever read standard output has what they wanted.
      _ = run.end(keepsUnfinished: false)
      code = Exit.done
    } catch {
      // What was read wrongly is not gone on with; what could not be written is.
      let kept = run.end(keepsUnfinished: Exit.code(for: error) == Exit.inputOutput)
      try? StandardOutput.shared.withLock { try $0.finish() }
      say("error: \(words(for: error))" + (kept.isEmpty ? "" : "; \(kept)"))
      code = Exit.code(for: error)
    }
    if code != Exit.done { throw code }
  }

  private func sayLeftovers() {
    for path in outputs.compactMap(\.leftover) {
      say("note: \(path) is done with and could not be removed; remove it")
    }
  }

  /// - Parameter keepsUnfinished: whether runs that can be gone on with keep what they have.
  /// - Returns: what is left, in words.
  private func end(keepsUnfinished: Bool) -> String {
    var kept: [String] = []
    for set in outputs {
      if set.isUnfinished, set.isPublishing || keepsUnfinished && set.canResume {
        kept.append(set.words)
      } else {
        set.discard()
      }
    }
    sayLeftovers()
    return kept.joined(separator: "; ")
  }
}

extension OutputSet {
  /// Names what a run that was held up or interrupted leaves.
  fileprivate var words: String { remainder + (canResume ? "; go on with --resume" : "") }
}

extension CocoaError {
  fileprivate var filePath: String? { userInfo[NSFilePathErrorKey] as? String }
}
