internal import Checks
public import Codecs
internal import Labelling
internal import Pipeline
internal import Reporting
internal import Schema
internal import Shards

/// Makes of whole parts what one run of the whole writes, the same to the byte.
public struct GatherRun: Job {
  /// The parts' path without suffixes.
  public var prefix: String
  /// The plan that the parts are to be of; nil for the one that most of them are of.
  public var plan: PartPlan?
  /// The output's path without suffixes; nil for that of the parts.
  public var output: String?
  /// Whether the parts' records are joined.
  public var joinsRecords = false
  /// Whether the parts' samples go into one LMDB.
  public var makesOneLMDB = false
  /// What is done where the output exists.
  public var existing = OutputSet.Existing.refused
  /// How the run goes about its work.
  public var settings: RunSettings

  /// - Parameters:
  ///   - prefix: the parts' path without suffixes.
  ///   - plan: nil for the one that most of the parts are of.
  ///   - output: nil for the parts' own path.
  ///   - settings: how the run goes about its work.
  public init(prefix: String, plan: PartPlan?, output: String?, settings: RunSettings) {
    (self.prefix, self.plan, self.output, self.settings) = (prefix, plan, output, settings)
  }

  public func perform(_ context: RunContext) throws -> RunOutcome {
    try Packing.refuseStream(output ?? prefix)
    let survey = try PartSurvey(prefix: prefix, plan: plan, stop: context.stop.check)
    try survey.checkWhole()
    for line in survey.lines.filter({ $0.hasPrefix("note") }) { context.say(line) }
    let target = output ?? prefix
    guard !survey.states.indices.contains(where: { survey.prefix(of: $0) == target }) else {
      throw OutputRefusal(target, "expected another name than a part's, found that of one")
    }
    if let checks = try GatheredChecks(survey) {
      return try checks.gather(to: target, existing: existing, settings, context)
    }
    let parts = try GatheredParts(survey, stop: context.stop.check)
    return parts.hasShards
      ? try gather(parts, survey.files, to: target, context)
      : try joinRecords(parts, survey.files, to: target, context)
  }

  /// Records of `convert`, `label` and `infer`.
  private func joinRecords(
    _ parts: GatheredParts, _ inputs: [String], to target: String, _ context: RunContext
  ) throws -> RunOutcome {
    let outputs = try OutputSet(
      base: target, files: [OutputSuffix.records, OutputSuffix.issues], inputs: inputs,
      existing: existing)
    try parts.total.tally.checkSomethingIsWritten(to: outputs)
    try context.begin(outputs)
    for suffix in [OutputSuffix.records, OutputSuffix.issues] {
      try parts.join(suffix, to: outputs.file(suffix), stop: context.stop.check)
    }
    try context.stop.check()
    try outputs.publish()
    return finish(parts, to: target + OutputSuffix.records, context)
  }

  private func gather(
    _ parts: GatheredParts, _ inputs: [String], to target: String, _ context: RunContext
  ) throws -> RunOutcome {
    guard makesOneLMDB || target == prefix else {
      throw RunFailure(
        "\(target): expected the parts' own prefix, for their LMDBs stay where they are, found another",
        reason: .call, remedy: .oneLMDB)
    }
    guard parts.hasRecords || !joinsRecords else {
      throw RunFailure("\(prefix): expected parts with records, found parts that wrote none")
    }
    try Packing.checkThereIsSomething(parts.total.tally, try parts.layout)
    if parts.poolsPoses, parts.total.tally.frames.isMixed {
      throw RunFailure(mixed: parts.total.tally.frames, at: prefix)
    }
    let hasLists = joinsRecords && parts.command == "annotate"
    let suffixes = Packing.suffixes(
      withStatistics: parts.total.statistics.count > 0, withRecords: joinsRecords)
    let outputs = try OutputSet(
      base: target, files: (makesOneLMDB ? [".lmdb"] : []) + suffixes,
      folders: hasLists ? [OutputSuffix.lists] : [], inputs: inputs, existing: existing)
    try outputs.add(OutputSuffix.manifest)
    try context.begin(outputs)
    try write(parts, suffixes, hasLists: hasLists, to: outputs, context)
    try context.stop.check()
    if existing == .overwritten {
      try outputs.dropRemains(of: target, context.say) { makesOneLMDB || !$0.hasSuffix(".lmdb") }
    }
    try outputs.publish()
    return finish(parts, to: target + OutputSuffix.manifest, context)
  }

  private func write(
    _ parts: GatheredParts, _ suffixes: [String], hasLists: Bool, to outputs: OutputSet,
    _ context: RunContext
  ) throws {
    let stop = context.stop.check
    var shards = parts.shards
    if makesOneLMDB {
      shards = [try parts.joinShards(to: outputs, stop: stop)]
    } else {
      try parts.joinHashes(to: outputs.path(OutputSuffix.hashes), stop: stop)
    }
    try Packing.write(parts.total.statistics, to: outputs)
    for suffix in [OutputSuffix.issues, OutputSuffix.records] where suffixes.contains(suffix) {
      try parts.join(suffix, to: outputs.file(suffix), stop: stop)
    }
    if hasLists { _ = try Packing.writeLists(in: outputs) }
    let name = SourceLocation.fileName(of: outputs.base)
    let manifest = Manifest(
      command: parts.command, inputs: parts.inputs,
      options: parts.options(isOneLMDB: makesOneLMDB, withRecords: joinsRecords),
      frames: parts.frames, isOfMeshes: try parts.layout.needsMeshes,
      hasChecksum: parts.hasChecksum, result: parts.total, shards: shards,
      files: try Packing.digests(
        of: suffixes, folder: hasLists ? OutputSuffix.lists : nil, in: outputs.folder, name,
        withSHA256: parts.hasChecksum))
    try outputs.write(manifest.text.utf8, to: OutputSuffix.manifest)
  }

  private func finish(
    _ parts: GatheredParts, to file: String, _ context: RunContext
  ) -> RunOutcome {
    let base = output ?? prefix
    for line in parts.total.tally.summaryLines(issuesFile: base + OutputSuffix.issues) {
      context.say(line)
    }
    context.say("gathered  \(counted(parts.count, "part")) into \(file)")
    return settings.outcome(after: parts.total.tally)
  }
}
