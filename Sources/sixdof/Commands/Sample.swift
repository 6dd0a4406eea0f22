public import ArgumentParser
public import Datasets
internal import Runs

extension YawSample.Allocation: ExpressibleByArgument {}

struct Sample: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Draw records so that yaws are evenly there.",
    discussion: """
      Bins of yaw give equally many records, and what a small one lacks, the others give; or each in \
      proportion. An image counts by its largest face with a pose; images without one are left out. The \
      records keep their order. The same records and seed give the same sample, and a record's turn hangs \
      on its id alone.

        sixdof sample biwi.jsonl --count 1000 --by yaw --output small.jsonl
        sixdof sample biwi.jsonl --count 90 --bins=-90,-30,30,90 --output three.jsonl
      """)

  enum Quantity: String, ExpressibleByArgument, CaseIterable { case yaw }

  @Argument(help: "The records; '-' is standard input.") var input: String
  @Option(help: "How many records to draw.") var count: Int
  @Option(help: "What bins are of.") var by: Quantity = .yaw
  @Option(
    help:
      "How many bins from -90 to 90 degrees, or their edges, as in --bins=-90,-30,30,90. Heads from behind have a yaw up to 180 and two bins more."
  )
  var bins: Bins = Bins(count: 12)
  @Option(help: "How many records each bin gives.") var allocation: YawSample.Allocation = .equal
  @Option(help: "Another seed draws others.") var seed: UInt64 = 1
  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("The records to write; '-' is standard output.", valueName: "file"))
  var output: String
  @OptionGroup(title: "Run") var runOptions: RunOptions

  struct Bins: ExpressibleByArgument {
    var bins: YawBins
    private var count: Int?

    init(count: Int) { (bins, self.count) = (YawBins(count: count), count) }

    init?(argument: String) {
      count = Int(argument)
      if let count {
        guard (1...3600).contains(count) else { return nil }
        bins = YawBins(count: count)
        return
      }
      let words = argument.split(separator: ",", omittingEmptySubsequences: false)
      let edges = words.compactMap { Double($0) }
      guard edges.count == words.count, let bins = YawBins(edges: edges) else { return nil }
      self.bins = bins
    }

    var defaultValueDescription: String { "\(count ?? bins.count)" }
  }

  func validate() throws {
    try require("--count", count, in: 1...1_000_000_000)
  }

  func run() throws {
    try CommandRun.perform { context in
      try SampleRun(
        input: input, count: count, bins: bins.bins, allocation: allocation, seed: seed,
        output: output, settings: runOptions.settings
      ).perform(context)
    }
  }
}
