internal import ArgumentParser
internal import Codecs
internal import Pipeline
internal import Reporting
internal import Runs
internal import Synchronization

/// One run of a command: signals end it, and how it ends becomes words and an exit code.
final class CommandRun {
  private let context: RunContext

  /// What a run that is held up says when the signal comes.
  private final class Note: Sendable {
    let text = Mutex<String?>(nil)
  }

  private init() {
    let note = Note()
    context = RunContext(
      say: say, print: { text in StandardOutput.shared.withLock { $0.write(text) } },
      advice: \.words,
      onBegin: { outputs in
        let words = outputs.map(\.words).joined(separator: "; ")
        note.text.withLock { $0 = words }
      })
    context.stop.raiseOnSignals(graceSeconds: 0.7) { signal in
      say("interrupted" + (note.text.withLock { $0 }.map { "; \($0)" } ?? ""))
      let code = Exit.after(signal)
      sayEnd(code.rawValue, Exit.reason(of: code))
      return code.rawValue
    }
  }

  /// Does a command's work, and turns how it ends into words on standard error and an exit code.
  static func perform(_ work: (RunContext) throws -> RunOutcome) throws {
    let run = CommandRun()
    let code: ExitCode
    var isDiskFull = false
    do {
      let outcome = try work(run.context)
      if run.context.outputs.isEmpty { try MappedFile.checkAllUnchanged() }
      run.sayLeftovers()
      try StandardOutput.shared.withLock { try $0.finish() }
      code = Exit.code(for: outcome)
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
      let isScratchFull = run.isScratchFull(error)
      // What was read wrongly is not gone on with; what could not be written is, but not where the rest has no room.
      let kept = run.end(
        keepsUnfinished: !isScratchFull && Exit.code(for: error) == Exit.inputOutput)
      try? StandardOutput.shared.withLock { try $0.finish() }
      isDiskFull = (error as? FileError)?.isDiskFull == true
      let remedy =
        isScratchFull
        ? "; or name a further folder with --scratch, or cut the run into more parts" : ""
      say("error: \(words(for: error))" + remedy + (kept.isEmpty ? "" : "; \(kept)"))
      code = Exit.code(for: error)
    }
    sayEnd(code.rawValue, isDiskFull ? "disk-full" : Exit.reason(of: code))
    if code != Exit.done { throw code }
  }

  /// Whether an error is that the disk of a scratch folder is full.
  private func isScratchFull(_ error: any Error) -> Bool {
    guard let error = error as? FileError, error.isDiskFull else { return false }
    return context.outputs.contains { $0.isInScratch && error.path.hasPrefix($0.folder) }
  }

  private func sayLeftovers() {
    for path in context.outputs.compactMap(\.leftover) {
      say("note: \(path) is done with and could not be removed; remove it")
    }
  }

  /// - Parameter keepsUnfinished: whether runs that can be gone on with keep what they have.
  /// - Returns: what is left, in words.
  private func end(keepsUnfinished: Bool) -> String {
    var kept: [String] = []
    for set in context.outputs {
      let isKept = set.isUnfinished && (set.isPublishing || keepsUnfinished && set.canResume)
      if isKept || keepsUnfinished && set.hasEarlierRun {
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
