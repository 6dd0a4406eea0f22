internal import ArgumentParser
internal import Reporting
internal import Runs
internal import Synchronization

/// What was typed.
struct Invocation {
  /// The command and its arguments; with a plan, those that were typed before those of the plan.
  let arguments: [String]
  /// The plan that they name, where the command can do a part of one.
  let plan: PartPlan?
  /// Where the run speaks, to people or to a program.
  let screen: Screen

  /// This process's.
  static var current: Self { shared.withLock { $0 } }
  private static let shared = Mutex(Invocation(Array(CommandLine.arguments.dropFirst())))

  init(_ arguments: [String], plan: PartPlan? = nil) {
    (self.arguments, self.plan) = (arguments, plan)
    let options = arguments.prefix { $0 != "--" }
    screen = Screen(
      isForPrograms: Self.take(["--progress"], from: options).values["--progress"] == "json")
  }

  /// Options with a value, and flags, that do not decide what is made.
  private static let values = [
    "--output", "-o", "--jobs", "--progress", "--part", "--plan", "--scratch", "--fail-on",
  ]
  private static let flags = ["--overwrite", "--resume", "--strict", "--exit-with-parent"]

  /// The command and the arguments that decide what is made.
  var deciding: [String] {
    let options = arguments.prefix { $0 != "--" }
    return Self.take(Self.values, from: options).rest.filter { !Self.flags.contains($0) }
      + arguments[options.endIndex...]
  }

  /// Takes options with a value out of arguments.
  ///
  /// - Returns: the last value of each, which is nil where the arguments end with the option; and the others.
  static func take(
    _ names: [String], from arguments: ArraySlice<String>
  ) -> (values: [String: String?], rest: [String]) {
    var (values, kept, rest): ([String: String?], [String], ArraySlice<String>) = (
      [:], [], arguments
    )
    while let argument = rest.popFirst() {
      let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard let name = parts.first.map(String.init), names.contains(name) else {
        kept.append(argument)
        continue
      }
      values[name] = .some(parts.count == 2 ? String(parts[1]) : rest.popFirst())
    }
    return (values, kept)
  }

  /// Puts a plan's arguments in the place where they were typed when it was made.
  ///
  /// - Throws: what reading the plan throws; `ValidationError` where it is of another command.
  static func expandPlan() throws {
    let typed = current.arguments
    guard let command = typed.first, Plan.commands.contains(where: { $0._commandName == command }),
      let path = take(["--plan"], from: typed.prefix { $0 != "--" }).values["--plan"] ?? nil
    else { return }
    let plan = try PartPlan(path: path)
    guard plan.command.first == command else {
      throw ValidationError(
        "'\(path)' is a plan of 'sixdof \(plan.command.first ?? "")', not of 'sixdof \(command)'.")
    }
    // Parts that were made in different ways would be gathered as one.
    let others = current.deciding.dropFirst()
    guard others.isEmpty else {
      throw ValidationError(
        "'\(path)' says what is made; leave out \(others.map { "'\($0)'" }.joined(separator: " ")), or plan anew with it."
      )
    }
    // What was typed comes first, for a plan's arguments may end with "--".
    shared.withLock {
      $0 = Invocation(
        [command] + typed.dropFirst() + plan.command.dropFirst(), plan: plan)
    }
  }

  /// Whether a flag was given.
  func has(_ flag: String) -> Bool { arguments.prefix { $0 != "--" }.contains(flag) }
}

/// Says lines on standard error.
func say(_ text: String) { Invocation.current.screen.say(text) }

/// Says how the run ended, where programs read it.
func sayEnd(_ code: Int32, _ reason: String) { Invocation.current.screen.sayEnd(code, reason) }
