internal import ArgumentParser
internal import Checks
internal import Datasets
internal import Runs
internal import Schema
internal import Shards

struct Verify: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Prove that training data are whole and as they were written.",
    discussion: """
      Reads what build, annotate or pack wrote and holds it against its manifest: every file there, of its \
      size and hash, and none foreign; every sample there, in its order, with each byte as written; all \
      numbers finite, poses and statistics in agreement, images whole. Says what is proved by that and \
      what is not. An LMDB without a manifest is held against itself. Exit code 2 where something was found, \
      65 where there is nothing to verify, 74 where something cannot be read.

        sixdof verify out/train
        sixdof verify out/train.lmdb out/val.manifest.json \\
          --format json
      """)

  @Argument(help: "Outputs: the prefix, the LMDB or the manifest of each.") var outputs: [String]
  @Option(help: "How many findings of a kind are shown.") var examples: Int = 5
  @OptionGroup var form: PrintedForm
  @OptionGroup(title: "Run") var runOptions: RunOptions

  func validate() throws {
    try require("--examples", examples, in: 0...1_000_000)
  }

  func run() throws {
    try CommandRun.perform { context in
      var targets: [VerificationTarget] = []
      for output in outputs {
        let target = try VerificationTarget(argument: output)
        if case .shard(let path) = target { try Self.requireSamples(path) }
        if !targets.contains(target) { targets.append(target) }
      }
      let failOn = runOptions.ending.failOn
      let isStrict = runOptions.strict
      let verification = OutputVerification(
        jobs: runOptions.jobs, progress: runOptions.progress, stop: context.stop,
        examples: examples,
        makeLocalPoses: StoredPoses.local
      ) { finding in
        if isStrict, finding.check.severity >= min(failOn, .warning) {
          throw StrictStop(finding: finding)
        }
      }
      var reports: [VerificationReport] = []
      for target in targets {
        let report = try verification.run(target)
        if !form.isJSON { context.print(report.text) }
        reports.append(report)
      }
      if form.isJSON {
        let document = JSONValue.object([
          ("schema", .text(VerificationReport.schemaName)),
          ("outputs", .array(reports.map(\.json))),
        ])
        context.print(try document.prettyText)
      }
      return runOptions.settings.outcome(worst: reports.compactMap(\.worst).max())
    }
  }

  /// - Throws: `WrongInput` where a file holds something else than samples. Of a damaged one findings say more.
  private static func requireSamples(_ path: String) throws {
    guard let kind = try? InputKind(path: path) else { return }
    if case .shard = kind { return }
    throw WrongInput.refusal(path, kind, expected: "an output or an LMDB of samples")
  }
}
