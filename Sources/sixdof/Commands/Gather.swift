internal import ArgumentParser
internal import Codecs
internal import Runs

struct Gather: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Make one output of the parts of a run.",
    discussion: """
      Writes what one run of the whole writes, the same to the byte: of parts of 'build', 'annotate' or \
      'pack' the mean, the deviation, the hashes, the issues and a manifest that names the parts' LMDBs, \
      which stay as they are; of parts of 'convert', 'label' or 'infer' the records and issues; of parts of \
      'check' the findings, as PREFIX.txt, .json or .sarif and as PREFIX.findings.jsonl. It refuses by \
      name what is missing.

        sixdof gather out/train
        sixdof gather out/train --single-lmdb --records
      """)

  @Argument(help: "The parts' path without suffixes, or a file of theirs.") var prefix: String
  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "The output's path without suffixes, with --single-lmdb, for records or findings. (default: the parts')",
      valueName: "prefix")
  )
  var output: String?
  @Option(help: ArgumentHelp("The plan that they are to be of.", valueName: "json")) var plan:
    String?
  @Flag(help: "Join the parts' records, too, as PREFIX.jsonl.") var records = false
  @Flag(help: "Copy all samples into PREFIX.lmdb, for loaders that open one file.")
  var singleLmdb = false
  @OptionGroup var overwriting: OverwriteOptions
  @OptionGroup(title: "Run") var runOptions: RunOptions

  func run() throws {
    try CommandRun.perform { context in
      var run = GatherRun(
        prefix: PartNumber.prefix(ofFile: prefix), plan: try plan.map(PartPlan.init(path:)),
        output: output?.withoutSuffix(".lmdb").withoutSuffix(".jsonl"),
        settings: runOptions.settings)
      (run.joinsRecords, run.makesOneLMDB) = (records, singleLmdb)
      run.existing = overwriting.existing
      return try run.perform(context)
    }
  }
}
