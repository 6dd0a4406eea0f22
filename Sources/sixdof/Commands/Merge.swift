public import ArgumentParser
public import Runs

struct Merge: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Put files of records together, each record once.",
    discussion: """
      Records come in the order of the files. A second record of an id ends the run, unless one of the two \
      is chosen; where they say different things, that is then a warning. Takes about 250 bytes of memory a \
      record. To add one annotation's content to another's, name both to 'convert wider-face --annotations'.

        sixdof merge biwi.jsonl arkitface.jsonl --output all.jsonl
        sixdof merge old.jsonl new.jsonl --on-duplicate last --output all.jsonl
      """)

  @Argument(help: "The files of records; '-' is standard input.") var inputs: [String]
  @Option(help: "Which of the records of one id is kept.") var onDuplicate: MergeRun.Duplicates =
    .fail
  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("The records to write; '-' is standard output.", valueName: "file"))
  var output: String
  @OptionGroup(title: "Run") var runOptions: RunOptions

  func validate() throws {
    guard !inputs.isEmpty else { throw ValidationError("'merge' needs at least one file.") }
    guard inputs.count(where: { $0 == "-" }) <= 1 else {
      throw ValidationError("Standard input can be one of the files only.")
    }
  }

  func run() throws {
    try CommandRun.perform { context in
      try MergeRun(
        inputs: inputs, onDuplicate: onDuplicate, output: output, settings: runOptions.settings
      ).perform(context)
    }
  }
}

extension MergeRun.Duplicates: ExpressibleByArgument {}
