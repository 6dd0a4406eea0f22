internal import Checks
internal import Codecs
internal import Pipeline
internal import Schema

/// Says which parts of a run are there and whole.
public struct PartsRun: Job {
  /// The output's path without suffixes.
  public var prefix: String
  /// The plan that the parts are to be of; nil for the one that most of them are of.
  public var plan: PartPlan?
  /// Whether every byte is read and compared with its hash, and not only sizes.
  public var verifies: Bool
  /// Whether the answer is JSON.
  public var isJSON: Bool
  /// How the run goes about its work.
  public var settings: RunSettings

  /// - Parameters:
  ///   - prefix: the output's path without suffixes.
  ///   - plan: nil for the one that most of the parts are of.
  ///   - verifies: whether every byte is read.
  ///   - isJSON: whether the answer is JSON.
  ///   - settings: how the run goes about its work.
  public init(
    prefix: String, plan: PartPlan?, verifies: Bool, isJSON: Bool, settings: RunSettings
  ) {
    (self.prefix, self.plan, self.verifies) = (prefix, plan, verifies)
    (self.isJSON, self.settings) = (isJSON, settings)
  }

  public func perform(_ context: RunContext) throws -> RunOutcome {
    var survey = try PartSurvey(prefix: prefix, plan: plan, stop: context.stop.check)
    if verifies { try verify(&survey, context) }
    if isJSON {
      context.print(try survey.json.prettyText)
    } else {
      for line in survey.lines { context.show(line) }
    }
    return survey.isWhole ? .done : .findings
  }

  /// Proves each whole part as `verify` proves an output.
  private func verify(_ survey: inout PartSurvey, _ context: RunContext) throws {
    let shards = FolderShards(folder: prefix.folderOfPath)
    for index in survey.states.indices where survey.states[index] == .whole {
      var first: Finding?
      let verification = OutputVerification(
        jobs: settings.jobs, progress: .none, stop: context.stop, examples: 1,
        shards: shards, makeLocalPoses: StoredPoses.local(of:)
      ) { finding in if finding.check.severity == .error { first = first ?? finding } }
      _ = try verification.run(.output(prefix: survey.prefix(of: index)))
      if let first { survey.note(index, damage: "\(first.location): \(first.detail)") }
    }
  }
}
