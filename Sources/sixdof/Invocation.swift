internal import ArgumentParser
internal import Runs
internal import Synchronization

/// What was typed.
struct Invocation {
  /// The command and its arguments; with a plan, those of the plan before those that were typed.
  let arguments: [String]

  /// This process's.
  static var current: Self { shared.withLock { $0 } }
  private static let shared = Mutex(Invocation(Array(CommandLine.arguments.dropFirst())))

  init(_ arguments: [String]) {
    self.arguments = arguments
    isForPrograms = Self.value(of: "--progress", in: arguments) == "json"
  }

  /// Options with a value, and flags, that do not decide what is made.
  private static let values = [
    "--output", "-o", "--jobs", "--progress", "--part", "--plan", "--scratch", "--fail-on",
  ]
  private static let flags = ["--overwrite", "--resume", "--strict", "--exit-with-parent"]

  /// The command and the arguments that decide what is made.
  var deciding: [String] {
    var kept: [String] = []
    var rest = arguments[...]
    while let argument = rest.popFirst() {
      if argument == "--" { return kept + [argument] + rest }
      let name = argument.split(separator: "=", maxSplits: 1).first.map(String.init) ?? argument
      if Self.flags.contains(argument) { continue }
      if Self.values.contains(name) {
        if name == argument { _ = rest.popFirst() }
      } else {
        kept.append(argument)
      }
    }
    return kept
  }

  /// Puts a plan's arguments in the place where they were typed when it was made.
  ///
  /// - Throws: what reading the plan throws; `ValidationError` where it is of another command.
  static func expandPlan() throws {
    let typed = current.arguments
    guard let command = typed.first, Plan.commands.contains(where: { $0._commandName == command }),
      let path = value(of: "--plan", in: typed)
    else { return }
    let plan = try PartPlan(path: path)
    guard plan.command.first == command else {
      throw ValidationError(
        "'\(path)' is a plan of 'sixdof \(plan.command.first ?? "")', not of 'sixdof \(command)'.")
    }
    // What was typed comes first, for a plan's arguments may end with "--".
    shared.withLock {
      $0 = Invocation([command] + typed.dropFirst() + plan.command.dropFirst())
    }
  }

  /// Whether what the run says is read by a program: an object a line.
  let isForPrograms: Bool

  /// Whether a flag was given.
  func has(_ flag: String) -> Bool { arguments.prefix { $0 != "--" }.contains(flag) }

  /// The value of an option; nil where it was not given.
  private static func value(of option: String, in arguments: [String]) -> String? {
    for (i, argument) in arguments.enumerated() {
      if argument == "--" { return nil }
      if argument.hasPrefix(option + "=") { return String(argument.dropFirst(option.count + 1)) }
      if argument == option, i + 1 < arguments.count { return arguments[i + 1] }
    }
    return nil
  }
}
