internal import ArgumentParser
internal import Runs

struct Stats: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Mean, standard deviation and distribution of poses.",
    discussion: """
      Writes NAME_pose_mean.npy and NAME_pose_stddev.npy as img2pose reads them (of local poses), and \
      NAME.stats.json with counts, extremes, percentiles and histograms, and NAME.stats.svg, a picture \
      of them, where NAME is the input's.

        sixdof stats labelled.jsonl --output stats/
      """)

  @Argument(help: "The records, as label writes them, or an LMDB; '-' is standard input.")
  var input: String
  @Option(name: .shortAndLong, help: ArgumentHelp("The folder to write to.", valueName: "folder"))
  var output: String
  @OptionGroup(title: "Poses") var profile: ProfileOptions
  @OptionGroup(title: "Run") var runOptions: RunOptions

  func run() throws {
    try CommandRun.perform { context in
      try StatisticsRun(
        input: input, profile: profile.settings, output: output, settings: runOptions.settings
      ).perform(context)
    }
  }
}
