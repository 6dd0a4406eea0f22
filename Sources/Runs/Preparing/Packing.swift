internal import Checks
public import Codecs
public import Datasets
internal import FoundationEssentials
internal import Geometry
internal import Labelling
internal import Pipeline
internal import Reporting
public import Schema
internal import Shards

/// What `build` and `pack` share: from a source to LMDB files, statistics, manifest and issues.
public struct Packing {
  /// What the manifest says that made it.
  public var command: String
  /// How annotations were read, where not as usual.
  public var reading: [(key: String, value: JSONValue)] = []
  /// The outputs' path without suffixes.
  public var prefix: String
  /// Files whose digest the manifest holds.
  public var inputs: [String] = []
  /// Where the images are, as the user named it.
  public var imagePaths: [String]
  /// Where images are read; nil where the source holds them.
  public var images: ImageStore?
  /// How poses are fitted and in which camera; nil where the records have theirs.
  public var labelling: Labelling?
  /// What finds the images' faces; nil where they are annotated.
  public var inference: InferencePlan?
  /// Whether to write img2pose's own lists too, from the records.
  public var writesLists = false
  /// Whether the records are checked as they pass.
  public var checks = false
  /// Whose poses are packed.
  public var profile: PoseProfile
  /// Whether the records are written too.
  public var writesRecords = false
  /// How training data are laid out.
  public var packing: PackingSettings
  /// How the run goes about its work.
  public var settings: RunSettings
  /// Which part of the whole is done; nil for all of it.
  public var part: PartSettings?
  var makeSource: () throws -> any AnnotationSource

  /// - Parameters:
  ///   - command: what the manifest says that made it.
  ///   - prefix: the outputs' path without suffixes.
  ///   - images: where the images are; nil where the source holds them.
  ///   - imagePaths: where the images are, as the user named it.
  ///   - profile: whose poses are packed.
  ///   - packing: how samples are laid out.
  ///   - settings: how the run goes about its work.
  ///   - makeSource: is called again where an interrupted run cannot be gone on with.
  public init(
    command: String, prefix: String, images: ImageStore?, imagePaths: [String],
    profile: PoseProfile, packing: PackingSettings, settings: RunSettings,
    makeSource: @escaping () throws -> any AnnotationSource
  ) {
    (self.command, self.prefix) = (command, prefix)
    (self.images, self.imagePaths, self.profile) = (images, imagePaths, profile)
    (self.packing, self.settings, self.makeSource) = (packing, settings, makeSource)
  }

  /// The outputs of such a run, checked and not begun: the LMDB files first, the manifest last.
  ///
  /// - Parameters:
  ///   - prefix: the outputs' path without suffixes.
  ///   - inputs: what the run reads.
  ///   - settings: how samples are laid out.
  ///   - writesRecords: whether records go to a file, too.
  ///   - writesLists: whether img2pose's lists are written, too.
  ///   - part: which part of the whole they are of; nil for all of it.
  public static func outputs(
    prefix: String, inputs: [String], settings: PackingSettings, writesRecords: Bool,
    writesLists: Bool = false, part: PartSettings? = nil
  ) throws -> OutputSet {
    try refuseStream(prefix)
    let name = URL(fileURLWithPath: prefix).lastPathComponent
    let shards = settings.shardNames(prefix: name)
    let set = try OutputSet(
      base: prefix,
      files: shards.map { String($0.dropFirst(name.count)) }
        + suffixes(withStatistics: part == nil, withRecords: writesRecords),
      folders: writesLists && part == nil ? [OutputSuffix.lists] : [], inputs: inputs,
      // What another run has left of a part is looked at when no other can change it.
      existing: part == nil ? settings.existing : .overwritten, resume: settings.resumes)
    try set.add(part == nil ? OutputSuffix.manifest : OutputSuffix.part)
    return set
  }

  /// - Parameters:
  ///   - run: what the run is given by whoever starts it.
  ///   - outputs: as `outputs` made them.
  public func perform(_ run: RunContext, _ outputs: OutputSet) throws -> RunOutcome {
    let plan = try plan
    if packing.isDryRun { return try dryRun(plan, run) }
    // What can be refused is, before anything is made.
    let work = try part?.work(makeSource, stop: run.stop.check)
    let inputs = try work?.plan.inputs ?? inputDigests()
    let block = try block(run)
    func source() throws -> any AnnotationSource {
      let whole = try makeSource()
      return work?.source(whole) ?? whole
    }
    let description = try runDescription(inputs, work)
    func attempt(_ first: any AnnotationSource) throws -> RunOutcome {
      var task = Task(plan: plan, outputs: outputs, inputs: inputs, block: block, work: work)
      do {
        return try pack(first, task, resume: outputs.isResumed, run)
      } catch let error
        where outputs.isResumed && (error is ResumeError || error is DamagedRemainder)
      {
        run.say("warning: \(error); the run begins anew")
        task.plan = plan
        return try pack(try source(), task, resume: false, run)
      }
    }
    guard let part, let work else {
      let first = try source()
      try run.begin(outputs, run: description)
      return try attempt(first)
    }
    return try part.make(work, outputs, run, description: description, from: source, attempt)
  }

  /// What is packed, and where to.
  private struct Task {
    var plan: PreparationPlan
    var outputs: OutputSet
    var inputs: [InputDigest]
    var block: ((Int) -> Int)?
    var work: PartWork?
  }

  /// The shard of an entry of the source; nil where weight decides.
  private func block(_ run: RunContext) throws -> ((Int) -> Int)? {
    guard packing.dealing == .blocks else { return nil }
    let total = try PartSource.count(try makeSource(), stop: run.stop.check)
    return { [shards = packing.shards] in PartNumber.index(of: $0, of: total, parts: shards) }
  }

  /// What layouts need that are made of meshes.
  private func meshTables() throws -> PerspNetMeshes.Tables? {
    guard packing.layout.needsMeshes else { return nil }
    guard let folder = packing.meshTables else {
      throw RunFailure(
        "layout \(packing.layout.name): expected ARKitFace's mesh tables, found none named",
        reason: .call, remedy: .nameMeshTables)
    }
    return PerspNetMeshes.Tables(
      tables: try ARKitFaceTables(folder: folder), sources: try packing.sources.map(FileTree.init))
  }

  private var plan: PreparationPlan {
    get throws {
      var plan = PreparationPlan()
      (plan.images, plan.inference) = (images, inference)
      (plan.labelling, plan.camera) = (labelling?.options, labelling?.camera)
      (plan.frames, plan.targets) = (profile.frames, targets)
      plan.checker = checks ? CheckDigest.checker : nil
      (plan.layout, plan.writesRecords) = (packing.layout, writesRecords)
      (plan.checksum, plan.meshes) = (packing.checksum, try meshTables())
      return plan
    }
  }

  private var targets: Img2PoseTargets.Options {
    var targets = profile.targets
    guard profile.kind == .standard else { return targets }
    if packing.landmarks == .reprojected { targets.source = .reprojected }
    targets.models = labelling?.options.models ?? .bfm
    return targets
  }

  private func pack(
    _ source: any AnnotationSource, _ task: Task, resume: Bool, _ run: RunContext
  ) throws -> RunOutcome {
    let (outputs, isPart) = (task.outputs, task.work != nil)
    let name = URL(fileURLWithPath: prefix).lastPathComponent
    let shardNames = packing.shardNames(prefix: name)
    let suffixes = shardNames.map { String($0.dropFirst(name.count)) }
    let shards = try ShardSetWriter(
      paths: suffixes.map(outputs.path), layout: packing.layout, resume: resume,
      copiers: settings.jobs)
    let issues = try outputs.file(OutputSuffix.issues)
    let records = writesRecords ? try outputs.file(OutputSuffix.records) : nil
    var source = source
    let result = try Preparation(
      plan: task.plan, settings: settings, issues: issues, records: records, shards: shards,
      block: task.block, found: inference == nil ? nil : try FoundFaces(in: outputs),
      stop: run.stop
    ).run(&source)
    if !isPart {
      try images?.tellOtherRoot(used: result.tally.images, run.say)
      try Self.checkThereIsSomething(result.tally, packing.layout)
    }
    let summaries = try shards.finish()
    if !isPart { try Self.write(result.statistics, to: outputs) }
    try shards.writeHashes(to: outputs.path(OutputSuffix.hashes))
    try issues.finish()
    try records?.finish()
    let unlisted = writesLists && !isPart ? try Self.writeLists(in: outputs) : ReasonCounts()
    let manifest = Manifest(
      command: command, inputs: task.inputs.map(\.json), options: optionsJSON,
      frames: profile.frames?.text(result.tally.convertedFrames),
      isOfMeshes: packing.layout.needsMeshes, hasChecksum: packing.checksum, result: result,
      shards: try zip(shardNames, summaries).map { name, summary in
        Manifest.Shard(
          file: name, summary: summary,
          sha256: packing.checksum ? try sha256(ofFile: outputs.folder + "/" + name) : nil)
      },
      files: try digests(in: outputs.folder, name, result, isPart: isPart),
      part: task.work?.json(result))
    try outputs.write(
      manifest.text.utf8, to: isPart ? OutputSuffix.part : OutputSuffix.manifest)
    try run.stop.check()
    if !isPart { try outputs.dropRemains(of: prefix, run.say) }
    try outputs.publish()
    sumUp(result, shardNames: shardNames, run.say)
    if !unlisted.isEmpty {
      run.say("left out  of \(prefix)\(OutputSuffix.lists): \(unlisted.text)")
    }
    return settings.outcome(after: result.tally)
  }

  /// What tells whether the files beside the shards are still those of this run.
  private func digests(
    in folder: String, _ name: String, _ result: Preparation.Result, isPart: Bool
  ) throws -> [(name: String, digest: FileDigest)] {
    let suffixes = Self.suffixes(
      withStatistics: result.statistics.count > 0 && !isPart, withRecords: writesRecords)
    return try Self.digests(
      of: suffixes, folder: writesLists && !isPart ? OutputSuffix.lists : nil, in: folder, name,
      withSHA256: packing.checksum)
  }

  private func dryRun(_ plan: PreparationPlan, _ run: RunContext) throws -> RunOutcome {
    var source = try makeSource()
    let result = try Preparation(plan: plan, settings: settings, stop: run.stop).run(&source)
    try images?.tellOtherRoot(used: result.tally.images, run.say)
    for line in result.tally.summaryLines(issuesFile: nil) + notes(on: result) { run.say(line) }
    run.say(
      "would write \(packing.shardNames(prefix: prefix).joined(separator: ", ")): \(counted(result.tally.samples, "sample")), \(megabytes(result.tally.imageBytes)) of images; nothing was written"
    )
    return settings.outcome(after: result.tally)
  }

  private func inputDigests() throws -> [InputDigest] { try inputs.map(InputDigest.init(file:)) }

  /// All that decides what the outputs hold, as a text to compare.
  private func runDescription(_ inputs: [InputDigest], _ work: PartWork?) throws -> String {
    try JSONValue.object([
      ("sixdof", .text(Release.version)), ("command", .text(command)),
      (
        "images",
        .array(imagePaths.map { .text(URL(fileURLWithPath: $0).standardizedFileURL.path) })
      ),
      ("inputs", .array(inputs.map(\.json))), ("options", optionsJSON),
      ("part", work.map { .text($0.number.text + " of " + $0.plan.id) } ?? .null),
    ]).prettyText
  }

  var optionsJSON: JSONValue {
    .object(
      reading + [
        ("layout", .text(packing.layout.name)), ("shards", .integer(packing.shards)),
      ] + Self.dealingJSON(packing.dealing) + [
        ("records", .boolean(writesRecords)), ("checksum", .boolean(packing.checksum)),
        ("profile", .text(profile.kind.rawValue)),
        ("rotation_rule", .text(profile.rule.rawValue)),
        ("landmarks", .text(packing.landmarks.rawValue)),
      ] + (profile.frames.map { [("frame_of", .text($0.frame.rawValue))] } ?? [])
        + (labelling.map { [("fit", $0.json)] } ?? []))
  }

  /// Only what is not usual is named.
  static func dealingJSON(_ dealing: PackingSettings.Dealing) -> [(key: String, value: JSONValue)] {
    dealing == .weight ? [] : [("shard_by", .text(dealing.rawValue))]
  }

  private func sumUp(
    _ result: Preparation.Result, shardNames: [String], _ say: (String) -> Void
  ) {
    for line in result.tally.summaryLines(issuesFile: prefix + OutputSuffix.issues)
      + notes(on: result)
    {
      say(line)
    }
    if result.statistics.count > 0 {
      func row(_ values: [Double]) -> String {
        values.map { $0.printed("%9.4f") }.joined()
      }
      say("local pose       rx       ry       rz       tx       ty       tz")
      say("  mean    \(row(result.statistics.mean))")
      say("  stddev  \(row(result.statistics.standardDeviation))")
    }
    let folder = prefix.contains("/") ? prefix.folderOfPath + "/" : ""
    say(
      "wrote     \(folder)\(shardNames[0])\(shardNames.count > 1 ? " and \(shardNames.count - 1) more" : ""): \(counted(result.tally.samples, "sample")), \(counted(result.tally.sampleFaces, "face")), \(megabytes(result.tally.imageBytes)) of images"
    )
  }

  /// What the checks found, and what was done to poses.
  private func notes(on result: Preparation.Result) -> [String] {
    let shown =
      writesRecords
      ? ".jsonl" : packing.shards == 1 && packing.dealing == .weight ? ".lmdb" : "-*.lmdb"
    let text = profile.frames?.text(result.tally.convertedFrames)
    let faults = PerspNetFace.LoaderFault.allCases.compactMap { fault in
      result.loaderFaults[fault].map {
        "loader    PerspNet's own would have \(fault.rawValue) \(counted($0, "sample"))"
      }
    }
    return (text.map { ["frames    \($0)"] } ?? []) + faults
      + result.checks.lines(result.tally, command: "sixdof check \(prefix)\(shown)")
  }
}
