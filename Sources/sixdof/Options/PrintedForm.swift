internal import ArgumentParser

/// How a command prints what it found.
struct PrintedForm: ParsableArguments {
  enum Form: String, ExpressibleByArgument, CaseIterable { case text, json }

  @Option(help: "What is printed: text for people, or JSON for programs.") var format: Form = .text
  /// As it was spelt before.
  @Flag(help: .hidden) var json = false

  var isJSON: Bool { json || format == .json }
}
