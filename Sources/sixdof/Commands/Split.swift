public import ArgumentParser
internal import Codecs
public import Datasets
internal import Runs

extension GroupSplit.Rule: ExpressibleByArgument {}
extension SplitListForm: ExpressibleByArgument {}

struct Split: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Divide records into parts that share no person and no photo.",
    discussion: """
      Writes a folder with NAME.jsonl for each part and split.json, which counts each part's images, faces, \
      groups and yaws. Records whose faces name the same person or source photo are one group, over any \
      number of records, and a group is never divided; so ratios are met as nearly as whole groups allow. \
      The same records and seed give the same parts, in whatever order the records are.

      With --list the parts are those of published lists. An image in no list or in two, a name without an \
      image, and a person or photo in two parts are findings (exit code 2). Takes about 200 bytes of memory \
      a group and 450 a listed name.

        sixdof split biwi.jsonl --ratios 0.8,0.1,0.1 --seed 7 --output biwi-split
        sixdof split arkit.jsonl --list train=ARKitFace_train.csv \\
          --list test=ARKitFace_test.csv --output arkit-split
      """)

  @Argument(help: "The records; '-' is standard input.") var input: String
  @Option(
    help:
      "Shares: one number (train), two (train, test), three (train, val, test), or NAME=NUMBER,… (default: 0.8,0.1,0.1)."
  )
  var ratios: SplitRatios?
  @Option(
    help:
      "A part's published list, as NAME=FILE; several files may be of one part. Instead of --ratios."
  )
  var list: [SplitRun.ListFile] = []
  @Option(
    parsing: .upToNextOption,
    help:
      "Attributes of faces whose values must not cross: names of persons, photos or scenes; 'none' where images alone must not."
  )
  var by: [String] = RecordGroups.usualAttributes
  @Option(help: "Another seed makes other parts.") var seed: UInt64 = 1
  @Option(
    help:
      "How groups find their part: by what parts still miss (balanced), or by the seed and the group's name alone (stable), so that records added later move no others."
  )
  var rule: GroupSplit.Rule = .balanced
  @Flag(help: "Write each part's list of images too.") var writeLists = false
  @Option(help: "What lists name: paths, paths without ending, or ARKitFace's three columns.")
  var listForm: SplitListForm = .paths
  @Option(
    name: [.short, .long, .customLong("output-dir")],
    help: ArgumentHelp("The folder to make.", valueName: "folder"))
  var output: String
  @OptionGroup var overwriting: OverwriteOptions
  @OptionGroup(title: "Run") var runOptions: RunOptions

  func validate() throws {
    guard ratios == nil || list.isEmpty else {
      throw ValidationError("'--ratios' and '--list' exclude each other.")
    }
    guard !by.isEmpty else { throw ValidationError("'--by' needs at least one attribute.") }
    guard ([input] + list.map(\.path)).count(where: { $0 == "-" }) <= 1 else {
      throw ValidationError("Standard input can be one of the files only.")
    }
  }

  func run() throws {
    try CommandRun.perform { context in
      var run = SplitRun(input: input, output: output, settings: runOptions.settings)
      run.shares = ratios?.shares ?? run.shares
      (run.lists, run.attributes, run.seed, run.rule) = (list, by, seed, rule)
      run.listForm = writeLists ? listForm : nil
      run.existing = overwriting.existing
      return try run.perform(context)
    }
  }
}
