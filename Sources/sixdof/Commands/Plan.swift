internal import ArgumentParser
internal import Runs

struct Plan: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Cut a run into parts that several machines can do.",
    discussion: """
      Give the command as it would be for one machine, without its output, then --part-images (the most \
      images a part has) or --parts, and the plan's file. The input is read once, to count it. Any machine \
      does a part by the plan; 'sixdof parts' says which are whole, 'sixdof gather' makes the whole of them.

        sixdof plan build wider-face --images WIDER_train/images \\
          --annotations label.txt --part-images 1000 --output plan.json
        sixdof build --plan plan.json --part 3 --output out/train
        sixdof parts out/train
        sixdof gather out/train
      """)

  @Argument(
    parsing: .captureForPassthrough,
    help:
      "build, annotate, pack, convert, label, infer or check, its arguments, and those of plan.")
  var command: [String]

  static let commands: [any PartedCommand.Type] = [
    Build.self, Annotate.self, Pack.self, Convert.self, Label.self, Infer.self,
    CheckCommand.self,
  ]

  func validate() throws {
    if command.contains(where: { ["--help", "-h"].contains($0) }) {
      throw CleanExit.helpRequest(Self.self)
    }
    _ = try commandType(of: Given(command))
  }

  private func commandType(of given: Given) throws -> any PartedCommand.Type {
    guard let type = Self.commands.first(where: { $0._commandName == given.command.first }) else {
      let names = Self.commands.map { $0._commandName }
      throw ValidationError(
        "expected one of \(names.joined(separator: ", ")) after 'plan', found '\(given.command.first ?? "nothing")'."
      )
    }
    return type
  }

  func run() throws {
    let given = try Given(command)
    let type = try commandType(of: given)
    let deciding = Invocation(given.command).deciding
    // The parser asks for an output, which a plan does not have.
    let parsed: any PartedCommand
    do {
      guard
        let command = try type.parseAsRoot(Array(given.command.dropFirst()) + ["--output", "plan"])
          as? any PartedCommand
      else { throw CleanExit.helpRequest(type) }
      parsed = command
    } catch {
      type.exit(withError: error)
    }
    try CommandRun.perform { context in
      try PlanRun(
        command: deciding, cut: given.cut, output: given.output, open: parsed.wholeInput
      ).perform(context)
    }
  }

  /// What is the plan's own among the arguments.
  private struct Given {
    var command: [String]
    var cut: PlanRun.Cut
    var output: String

    init(_ arguments: [String]) throws {
      let (own, command) = Invocation.take(
        ["--part-images", "--parts", "--output", "-o"], from: arguments[...])
      if let (name, _) = own.first(where: { $0.value == nil }) {
        throw ValidationError("'\(name)' needs a value.")
      }
      self.command = command
      guard let output = (own["--output"] ?? own["-o"]) ?? nil else {
        throw ValidationError("'plan' needs '--output', the file for the plan.")
      }
      self.output = output
      switch (own["--part-images"] ?? nil, own["--parts"] ?? nil) {
      case (let most?, nil):
        cut = .entries(try Self.number(most, "--part-images", 1 << 40))
      case (nil, let count?): cut = .parts(try Self.number(count, "--parts", PartNumber.mostParts))
      default:
        throw ValidationError(
          "'plan' needs '--part-images', the most images of a part, or '--parts', their number.")
      }
    }

    private static func number(_ text: String, _ name: String, _ most: Int) throws -> Int {
      guard let number = Int(text), (1...most).contains(number) else {
        throw ValidationError("'\(name)' must be from 1 to \(most), not \(text).")
      }
      return number
    }
  }
}
