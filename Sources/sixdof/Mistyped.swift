internal import ArgumentParser
internal import Schema

/// A command, option or value that was typed and is none, with the nearest that is one.
///
/// ArgumentParser says so of some options, but only after each command has looked at what it was given; what is missing
/// because its name was mistyped would be said first.
enum Mistyped {
  /// The first word of the arguments that is nothing, in words; nil where all are known.
  ///
  /// - Parameters:
  ///   - arguments: the command and all that follows.
  ///   - refusal: what parsing them threw; nil where they are a wish for help.
  static func message(for arguments: [String], after refusal: (any Error)? = nil) -> String? {
    let typed = arguments.prefix { $0 != "--" }
    guard let first = typed.first, !first.hasPrefix("-") else { return nil }
    if let refusal, Sixdof.exitCode(for: refusal) == .success { return nil }
    // What a plan is made of begins with another command.
    let words = first == "help" || first == Plan._commandName ? typed.dropFirst() : typed[...]
    guard let name = words.first, !name.hasPrefix("-") else { return nil }
    let commands = Sixdof.configuration.subcommands
    guard let command = commands.first(where: { $0._commandName == name }) else {
      return name == "help"
        ? nil
        : unknown(
          name, "a command", among: commands.map { $0._commandName },
          remedy: "'sixdof --help' lists them")
    }
    let known = Arguments(of: command)
    for word in words.dropFirst() where word.hasPrefix("--") {
      let option = String(word.prefix { $0 != "=" }.dropFirst(2))
      if known.options.contains(option) { continue }
      return unknown(
        "--\(option)", "an option of 'sixdof \(name)'", among: known.options.map { "--\($0)" },
        remedy: "'sixdof help \(name)' lists them")
    }
    return refusal.flatMap { known.mistypedValue(saidBy: command.message(for: $0)) }
  }

  private static func unknown(
    _ word: String, _ kind: String, among known: [String], remedy: String
  ) -> String {
    let near = NearestWord.to(word, among: known).map { "did you mean '\($0)'?" }
    return "'\(word.printable)' is not \(kind); \(near ?? remedy)"
  }

  /// What a command can be given.
  private struct Arguments {
    /// Names of options, without hyphens.
    private(set) var options: [String] = []
    /// The values that are taken, by the name of the value as help shows it.
    private var values: [String: [String]] = [:]

    init(of command: any ParsableCommand.Type) {
      // It is what ArgumentParser tells programs about a command.
      let told = try? JSONParser.value(of: command._dumpHelp())
      for argument in told?["command"]?["arguments"]?.elements ?? [] {
        options += (argument["names"]?.elements ?? []).compactMap { $0["name"]?.text }
        if let name = argument["valueName"]?.text, let all = argument["allValues"]?.elements {
          values[name, default: []] += all.compactMap(\.text)
        }
      }
    }

    /// The value that a refusal is about, where one that is taken is near: "The value 'x' is invalid for '<name>'".
    func mistypedValue(saidBy refusal: String) -> String? {
      let parts = refusal.split(separator: "'", omittingEmptySubsequences: false)
      guard parts.count > 4, parts[0] == "The value ", parts[2] == " is invalid for ",
        let name = parts[3].split(separator: "<").last?.dropLast(),
        let near = NearestWord.to(String(parts[1]), among: values[String(name)] ?? [])
      else { return nil }
      return "'\(String(parts[1]).printable)' is not a \(name); did you mean '\(near)'?"
    }
  }
}
