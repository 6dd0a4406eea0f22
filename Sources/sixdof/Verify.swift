internal import ArgumentParser
internal import Checks
internal import Geometry
internal import Labelling
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
        sixdof verify out/train.lmdb out/val.manifest.json --json
      """)

  @Argument(help: "Outputs: the prefix, the LMDB or the manifest of each.") var outputs: [String]
  @Option(help: "How many findings of a kind are shown.") var examples: Int = 5
  @Flag(help: "Print one JSON document.") var json = false
  @OptionGroup(title: "Run") var runOptions: RunOptions

  func validate() throws {
    guard (0...1_000_000).contains(examples) else {
      throw ValidationError("'--examples' must be from 0 to 1000000, not \(examples).")
    }
  }

  func run() throws {
    try CommandRun.perform { run in
      var targets: [VerificationTarget] = []
      for output in outputs {
        let target = try VerificationTarget(argument: output)
        if !targets.contains(target) { targets.append(target) }
      }
      let failOn = runOptions.ending.failOn
      let isStrict = runOptions.strict
      let verification = OutputVerification(
        jobs: runOptions.jobs, progress: runOptions.progress, stop: run.stop, examples: examples,
        makeLocalPoses: Self.localPoses
      ) { finding in
        if isStrict, finding.check.severity >= min(failOn, .warning) {
          throw StrictStop(finding: finding)
        }
      }
      var reports: [VerificationReport] = []
      for target in targets {
        let report = try verification.run(target)
        if !json { print(report.text, terminator: "") }
        reports.append(report)
      }
      if json {
        let document = JSONValue.object([
          ("schema", .text(VerificationReport.schemaName)),
          ("outputs", .array(reports.map(\.json))),
        ])
        print(try document.prettyText, terminator: "")
      }
      let worst = reports.compactMap(\.worst).max()
      return worst.map { $0 >= failOn } == true ? Exit.findings : Exit.done
    }
  }

  /// What a manifest's run made of records for img2pose; nil where that takes a face model of the user's.
  @Sendable private static func localPoses(
    of manifest: OutputManifest
  ) -> OutputVerification.LocalPoses? {
    let options = manifest.json["options"]
    guard let profile = options?["profile"]?.text.flatMap(ProfileOptions.Profile.init),
      let rule = options?["rotation_rule"]?.text.flatMap(RotationRule.init)
    else { return nil }
    var source = Img2PoseTargets.Source.record
    if profile == .img2pose { source = .img2pose }
    if options?["landmarks"]?.text == ShardOptions.StoredLandmarks.reprojected.rawValue {
      guard (options?["fit"]?["face_model"]?.text ?? "bfm") == "bfm" else { return nil }
      source = .reprojected
    }
    let targets = Img2PoseTargets.Options(source: source, rule: rule)
    return { record in
      var targets = Img2PoseTargets(targets)
      return SampleEncoder.localPoses(
        of: record, target: { targets.target(of: $0, box: $1, camera: $2) }, leftOut: { _ in }
      ).map { pose in (0..<6).map { pose[$0] } }
    }
  }
}
