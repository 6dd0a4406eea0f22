internal import Checks
public import Codecs
public import Datasets
internal import FoundationEssentials
internal import Geometry
public import Labelling
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

  /// How poses are fitted.
  public struct Labelling {
    /// How a pose is fitted.
    public var options: LabellingOptions
    /// nil for the usual one.
    public var camera: CameraChoice?
    /// As the manifest names all of it.
    public var json: JSONValue

    /// With how the manifest names it.
    public init(options: LabellingOptions, camera: CameraChoice?, json: JSONValue) {
      (self.options, self.camera, self.json) = (options, camera, json)
    }
  }

  /// The outputs of such a run, checked and not begun: the LMDB files first, the manifest last.
  ///
  /// - Parameters:
  ///   - prefix: the outputs' path without suffixes.
  ///   - inputs: what the run reads.
  ///   - settings: how samples are laid out.
  ///   - writesRecords: whether records go to a file, too.
  ///   - writesLists: whether img2pose's lists are written, too.
  public static func outputs(
    prefix: String, inputs: [String], settings: PackingSettings, writesRecords: Bool,
    writesLists: Bool = false
  ) throws -> OutputSet {
    if prefix == "-" || OutputSet.isStream(at: prefix) {
      throw OutputRefusal(
        prefix, "expected the beginning of several files' names, found one to write through")
    }
    let name = URL(fileURLWithPath: prefix).lastPathComponent
    let shards = ShardSetWriter.names(prefix: name, count: settings.shards)
    let set = try OutputSet(
      base: prefix,
      files: shards.map { String($0.dropFirst(name.count)) }
        + OutputSuffix.poseStatistics + [OutputSuffix.hashes, OutputSuffix.issues]
        + (writesRecords ? [OutputSuffix.records] : []),
      folders: writesLists ? [OutputSuffix.lists] : [], inputs: inputs,
      existing: settings.existing, resume: settings.resumes)
    try set.add(OutputSuffix.manifest)
    return set
  }

  /// - Parameters:
  ///   - run: what the run is given by whoever starts it.
  ///   - outputs: as `outputs` made them.
  public func perform(_ run: RunContext, _ outputs: OutputSet) throws -> RunOutcome {
    let plan = try plan
    if packing.isDryRun { return try dryRun(plan, run) }
    // What can be refused is, before anything is made.
    let inputs = try inputDigests()
    let source = try makeSource()
    try run.begin(outputs, run: runDescription(inputs))
    do {
      return try pack(
        source, by: plan, in: outputs, inputs: inputs, resume: outputs.isResumed, run)
    } catch let error where outputs.isResumed && (error is ResumeError || error is DamagedRemainder)
    {
      run.say("warning: \(error); the run begins anew")
      return try pack(
        try makeSource(), by: plan, in: outputs, inputs: inputs, resume: false, run)
    }
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
    _ source: any AnnotationSource, by plan: PreparationPlan, in outputs: OutputSet,
    inputs: [InputDigest], resume: Bool, _ run: RunContext
  ) throws -> RunOutcome {
    let name = URL(fileURLWithPath: prefix).lastPathComponent
    let shardNames = ShardSetWriter.names(prefix: name, count: packing.shards)
    let suffixes = shardNames.map { String($0.dropFirst(name.count)) }
    let shards = try ShardSetWriter(
      paths: suffixes.map(outputs.path), layout: packing.layout, resume: resume)
    let issues = try outputs.file(OutputSuffix.issues)
    let records = writesRecords ? try outputs.file(OutputSuffix.records) : nil
    var source = source
    let result = try Preparation(
      plan: plan, settings: settings, issues: issues, records: records, shards: shards,
      found: inference == nil ? nil : try FoundFaces(in: outputs), stop: run.stop
    ).run(&source)
    try images?.tellOtherRoot(used: result.tally.images, run.say)
    try checkThereIsSomething(result)
    let summaries = try shards.finish()
    if result.statistics.count > 0 {
      try outputs.write(NPY.file(result.statistics.mean), to: OutputSuffix.poseMean)
      try outputs.write(
        NPY.file(result.statistics.standardDeviation), to: OutputSuffix.poseDeviation)
    }
    try shards.writeHashes(to: outputs.path(OutputSuffix.hashes))
    try issues.finish()
    try records?.finish()
    let unlisted = writesLists ? try writeLists(in: outputs) : ReasonCounts()
    let manifest = Manifest(
      command: command, inputs: inputs, packing: self, result: result,
      shards: try zip(shardNames, summaries).map { name, summary in
        Manifest.Shard(
          file: name, summary: summary,
          sha256: packing.checksum ? try sha256(ofFile: outputs.folder + "/" + name) : nil)
      },
      files: try digests(in: outputs.folder, name, result))
    try outputs.write(manifest.text.utf8, to: OutputSuffix.manifest)
    try run.stop.check()
    outputs.obsolete = try OutputManifest.suffixes(ofOutput: prefix)
    try outputs.publish()
    sumUp(result, shardNames: shardNames, run.say)
    if !unlisted.isEmpty {
      run.say("left out  of \(prefix)\(OutputSuffix.lists): \(unlisted.text)")
    }
    return settings.outcome(after: result.tally)
  }

  /// What tells whether the files beside the shards are still those of this run.
  private func digests(
    in folder: String, _ name: String, _ result: Preparation.Result
  ) throws -> [(name: String, digest: FileDigest)] {
    var suffixes = result.statistics.count > 0 ? OutputSuffix.poseStatistics : []
    suffixes +=
      [OutputSuffix.hashes, OutputSuffix.issues] + (writesRecords ? [OutputSuffix.records] : [])
    var digests = try suffixes.map { suffix in
      let path = folder + "/" + name + suffix
      return (name + suffix, try FileDigest(file: path, withSHA256: packing.checksum))
    }
    if writesLists {
      let lists = name + OutputSuffix.lists
      digests.append((lists, try FileDigest(folder: folder + "/" + lists)))
    }
    return digests
  }

  /// img2pose's JSON files and their list, from the records that are whole by now.
  ///
  /// - Returns: what they cannot hold.
  private func writeLists(in outputs: OutputSet) throws -> ReasonCounts {
    var leftOut = ReasonCounts()
    let folder = try outputs.makeFolder(OutputSuffix.lists)
    var source = try RecordFile(path: outputs.path(OutputSuffix.records))
    var writer = try Img2PoseListWriter(folder: folder, split: nil)
    while let outcome = try source.next() {
      guard let record = outcome.record else { continue }
      for reason in try writer.write(record, image: nil).leftOut { leftOut.add(reason) }
    }
    try writer.finish()
    return leftOut
  }

  private func dryRun(_ plan: PreparationPlan, _ run: RunContext) throws -> RunOutcome {
    var source = try makeSource()
    let result = try Preparation(plan: plan, settings: settings, stop: run.stop).run(&source)
    try images?.tellOtherRoot(used: result.tally.images, run.say)
    for line in result.tally.summaryLines(issuesFile: nil) + notes(on: result) { run.say(line) }
    run.say(
      "would write \(ShardSetWriter.names(prefix: prefix, count: packing.shards).joined(separator: ", ")): \(counted(result.tally.samples, "sample")), \(megabytes(result.tally.imageBytes)) of images; nothing was written"
    )
    return settings.outcome(after: result.tally)
  }

  /// img2pose cannot train on a file without samples, and its own converter writes NaN statistics.
  private func checkThereIsSomething(_ result: Preparation.Result) throws {
    guard result.tally.samples == 0 else { return }
    guard result.tally.images > 0, packing.layout.needsPoses else {
      throw RunFailure(
        "no image could be used; nothing was written\n"
          + result.tally.summaryLines(issuesFile: nil).joined(separator: "\n"))
    }
    throw RunFailure(
      "no face has a pose and landmarks, and img2pose's layout leaves out images without them; add annotations with landmarks (label.txt)",
      remedy: .wholeRecords)
  }

  private func inputDigests() throws -> [InputDigest] {
    try inputs.map { path in
      let file = try MappedFile(path: path)
      return InputDigest(
        file: URL(fileURLWithPath: path).lastPathComponent, bytes: file.count,
        sha256: file.withBytes(sha256(of:)))
    }
  }

  /// All that decides what the outputs hold, as a text to compare.
  private func runDescription(_ inputs: [InputDigest]) throws -> String {
    try JSONValue.object([
      ("sixdof", .text(Release.version)), ("command", .text(command)),
      (
        "images",
        .array(imagePaths.map { .text(URL(fileURLWithPath: $0).standardizedFileURL.path) })
      ),
      ("inputs", .array(inputs.map(\.json))), ("options", optionsJSON),
    ]).prettyText
  }

  var optionsJSON: JSONValue {
    .object(
      reading + [
        ("layout", .text(packing.layout.name)), ("shards", .integer(packing.shards)),
        ("records", .boolean(writesRecords)), ("checksum", .boolean(packing.checksum)),
        ("profile", .text(profile.kind.rawValue)),
        ("rotation_rule", .text(profile.rule.rawValue)),
        ("landmarks", .text(packing.landmarks.rawValue)),
      ] + (profile.frames.map { [("frame_of", .text($0.frame.rawValue))] } ?? [])
        + (labelling.map { [("fit", $0.json)] } ?? []))
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
    let folder = URL(fileURLWithPath: prefix).deletingLastPathComponent().relativePath
    say(
      "wrote     \(folder)/\(shardNames[0])\(shardNames.count > 1 ? " and \(shardNames.count - 1) more" : ""): \(counted(result.tally.samples, "sample")), \(counted(result.tally.sampleFaces, "face")), \(megabytes(result.tally.imageBytes)) of images"
    )
  }

  /// What the checks found, and what was done to poses.
  private func notes(on result: Preparation.Result) -> [String] {
    let shown = writesRecords ? ".jsonl" : packing.shards == 1 ? ".lmdb" : "-*.lmdb"
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

/// An input file as the manifest names it.
struct InputDigest {
  var file: String
  var bytes: Int
  var sha256: String

  var json: JSONValue {
    .object([("file", .text(file)), ("bytes", .integer(bytes)), ("sha256", .text(sha256))])
  }
}
