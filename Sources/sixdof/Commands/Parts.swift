internal import ArgumentParser
internal import Runs

struct Parts: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Say which parts of a run are whole, missing, damaged or another's.",
    discussion: """
      Looks at the files that 'build', 'annotate' and others wrote with --part. Sizes are compared; \
      --verify reads all bytes and proves each part as 'sixdof verify' does. Exit code 2 unless all parts \
      are whole.

        sixdof parts out/train
        sixdof parts out/train --plan plan.json --verify --format json
      """)

  @Argument(help: "The parts' path without suffixes, or a file of theirs.") var prefix: String
  @Option(help: ArgumentHelp("The plan that they are to be of.", valueName: "json")) var plan:
    String?
  @Flag(help: "Read all bytes and compare them with their hashes.") var verify = false
  @OptionGroup var form: PrintedForm
  @OptionGroup(title: "Run") var runOptions: RunOptions

  func run() throws {
    try CommandRun.perform { context in
      try PartsRun(
        prefix: PartNumber.prefix(ofFile: prefix), plan: try plan.map(PartPlan.init(path:)),
        verifies: verify, isJSON: form.isJSON, settings: runOptions.settings
      ).perform(context)
    }
  }
}
