internal import ArgumentParser
internal import Codecs
internal import Pipeline
internal import Reporting
internal import Runs
internal import Synchronization

@main
struct Sixdof: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sixdof",
    abstract: "Turns face datasets into 6DoF training data.",
    discussion: """
      The main job, in one command:

        sixdof build wider-face --images WIDER_train/images \\
          --annotations label.txt --output out/train

      Exit codes: 0 done; 2 done with findings at or above --fail-on; 64 wrong call; 65 wrong input; \
      69 a model or library is missing; 74 reading or writing failed; 75 another run holds the output; \
      130, 143 interrupted.
      """,
    version: Release.title,
    subcommands: [
      Build.self, Convert.self, Label.self, Calibrate.self, Stats.self, Pack.self, Verify.self,
      CheckCommand.self, Infer.self, Validate.self, Annotate.self, Evaluate.self, Export.self,
      Inspect.self,
      Sheet.self, Conventions.self, Formats.self, Synth.self,
      Split.self, Merge.self, Sample.self, Diff.self, Plan.self, Parts.self, Gather.self,
    ])

  static func main() {
    StandardStreams.prepare()
    PackedFile.tell(say)
    do {
      try Invocation.expandPlan()
    } catch let error as ValidationError {
      exit(withError: error)
    } catch {
      say("error: \(words(for: error))")
      let code = Exit.code(for: error)
      sayEnd(code.rawValue, Exit.reason(of: code))
      exit(withError: code)
    }
    if Invocation.current.has("--exit-with-parent") { ParentWatch.begin() }
    let arguments = Invocation.current.arguments
    if arguments.first == "help" { exitWhere(Mistyped.message(for: arguments)) }
    var command: any ParsableCommand
    do {
      command = try parseAsRoot(arguments)
    } catch {
      exitWhere(Mistyped.message(for: arguments, after: error))
      end(asAsked: error)
    }
    do {
      try command.run()
    } catch {
      end(asAsked: error)
    }
  }

  /// Ends the program with the help or version that was asked for, or says what is wrong with the call. What cannot be
  /// printed, as on a full disk, is an error as of any command.
  private static func end(asAsked error: any Error) -> Never {
    let text = fullMessage(for: error)
    guard exitCode(for: error) == .success, !text.isEmpty else { exit(withError: error) }
    do {
      try StandardOutput.shared.withLock {
        $0.write(text + "\n")
        try $0.finish()
      }
    } catch let failure as FileError where failure.isBrokenPipe {
      // Whoever read standard output has what they wanted.
    } catch {
      say("error: \(words(for: error))")
      let code = Exit.code(for: error)
      sayEnd(code.rawValue, Exit.reason(of: code))
      exit(withError: code)
    }
    exit(withError: ExitCode.success)
  }

  /// Ends the program where something was mistyped.
  private static func exitWhere(_ mistyped: String?) {
    guard let mistyped else { return }
    say("error: \(mistyped)")
    sayEnd(Exit.usage.rawValue, Exit.reason(of: Exit.usage))
    exit(withError: Exit.usage)
  }
}
