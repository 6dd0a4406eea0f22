internal import ArgumentParser
internal import Datasets
internal import Foundation
internal import Pipeline
internal import Schema
internal import Synchronization

/// A run that cannot go on, in words for the person who started it.
struct Failure: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}

/// `--strict` met its first issue.
struct StrictStop: Error {
  /// "place: what: expected X, found Y".
  let text: String

  init(issue: RecordIssue) { text = "\(issue)" }
  init(finding: Finding) { text = "\(finding.location): \(finding.detail)" }
}

/// What the process ends with. One place decides; DESIGN and `--help` list the same.
enum Exit {
  static let done = ExitCode(0)
  static let stopped = ExitCode(1)
  static let findings = ExitCode(2)
  static let interrupted = ExitCode(130)
}

/// Runs a command's work and turns how it ends into words on standard error and an exit code.
///
/// - Parameter workspace: names unfinished output for the messages.
func reportingFailures(_ workspace: Workspace? = nil, _ work: () throws -> ExitCode) throws {
  let code: ExitCode
  do {
    code = try work()
  } catch is Interruption {
    say("interrupted" + (workspace.map { "; \($0.unfinished)" } ?? ""))
    throw Exit.interrupted
  } catch let stop as StrictStop {
    workspace?.discard()
    say(stop.text)
    say("stopped at the first issue, as --strict asks; nothing was written")
    throw Exit.stopped
  } catch let wrong as WrongInput {
    workspace?.discard()
    say("error: \(wrong)")
    throw Exit.stopped
  } catch let failure as Failure {
    workspace?.discard()
    say("error: \(failure)")
    throw Exit.stopped
  } catch {
    say("error: \(error)" + (workspace.map { "; \($0.unfinished)" } ?? ""))
    throw Exit.stopped
  }
  if code != Exit.done { throw code }
}

/// One line on standard error.
func say(_ text: String) {
  FileHandle.standardError.write(Data((text + "\n").utf8))
}

/// The flag that SIGINT raises. It is made before any work, so that a run which is still reading its
/// inputs ends as one that is writing does.
struct Interruptible {
  let stop = StopFlag()
  private let unfinished = Note()

  /// What a run that is held up says when the signal comes.
  private final class Note: Sendable {
    let text = Mutex<String?>(nil)
  }

  init() {
    let note = unfinished
    stop.raiseOnSignals(graceSeconds: 0.7, exitCode: Exit.interrupted.rawValue) {
      say("interrupted" + (note.text.withLock { $0 }.map { "; \($0)" } ?? ""))
    }
  }

  /// From here on there is unfinished output to name.
  func name(_ workspace: Workspace) {
    unfinished.text.withLock { $0 = workspace.unfinished }
  }
}
