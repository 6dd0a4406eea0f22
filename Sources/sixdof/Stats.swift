internal import ArgumentParser
internal import Codecs
internal import Datasets
internal import Foundation
internal import Labelling
internal import Pipeline
internal import Reporting
internal import Schema
internal import Shards

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
  @Option(name: .shortAndLong, help: "The folder to write to.") var output: String
  @OptionGroup(title: "Poses") var profile: ProfileOptions
  @OptionGroup(title: "Run") var runOptions: RunOptions

  func run() throws {
    try reportingFailures { try summarise() }
  }

  private func summarise() throws -> ExitCode {
    let stop = Interruptible().stop
    var source = try RecordFile(path: input, shards: .any)
    var tally = Tally()
    var statistics = PoseStatistics()
    var targets = Img2PoseTargets(profile.targets)
    // img2pose's layout keeps the local poses themselves, and nothing to fit them anew.
    let stored = try InputKind(path: input) == .shard(.img2pose) ? ShardReader(path: input) : nil
    while let outcome = try source.next() {
      try stop.check()
      guard let record = try tally.take(outcome, isStrict: runOptions.strict) else { continue }
      tally.add(record)
      if let stored {
        try stored.withSample(source.position - 1) { value, _ in
          for pose in try ShardSample(value, layout: .img2pose).localPoses {
            statistics.add { pose[$0] }
          }
        }
        continue
      }
      let poses = SampleEncoder.localPoses(
        of: record, target: { targets.target(of: $0, box: $1, camera: $2) },
        leftOut: { tally.leftOut[$0, default: 0] += 1 })
      for pose in poses { statistics.add { pose[$0] } }
    }
    for line in tally.summaryLines(issuesFile: nil) { say(line) }
    guard statistics.count > 0 else {
      throw Failure("\(input): expected faces with a pose, found none; run label first")
    }
    try write(statistics, tally)
    return tally.count(.error) > 0 ? Exit.findings : Exit.done
  }

  private func write(_ statistics: PoseStatistics, _ tally: Tally) throws {
    try FileManager.default.createDirectory(atPath: output, withIntermediateDirectories: true)
    let name =
      input == "-"
      ? "stdin"
      : URL(fileURLWithPath: input).lastPathComponent
        .withoutSuffix(".jsonl").withoutSuffix(".lmdb")
    let workspace = try Workspace(
      prefix: "\(output.withoutSuffix("/"))/\(name)", description: "", resume: nil)
    let summary = JSONValue.object([
      ("schema", .text("sixdof.stats/1")),
      ("counts", .object(tally.inputJSON)), ("left_out", tally.leftOutJSON),
      ("issues", tally.issuesJSON),
      ("statistics_of", .text("img2pose local poses, translation in units of 0.1 m")),
      ("statistics", statistics.summary),
    ])
    for (suffix, bytes) in [
      ("_pose_mean.npy", NPY.file(statistics.mean)),
      ("_pose_stddev.npy", NPY.file(statistics.standardDeviation)),
      (".stats.json", Array(summary.prettyText.utf8)),
      (".stats.svg", Array(PoseHistograms(statistics).svg.utf8)),
    ] {
      let file = try OutputFile(path: workspace.path(suffix))
      try file.write(bytes)
      try file.finish()
    }
    try workspace.publish()
    say(
      "wrote     \(workspace.prefix)_pose_mean.npy, _pose_stddev.npy, .stats.json and .stats.svg: \(Tally.count(statistics.count, "pose"))"
    )
  }
}
