internal import Checks
internal import Codecs
public import Datasets
internal import Labelling
internal import Pipeline
internal import Schema

// A part of a check: what is wrong with its own records, and what they are compared with others by.
extension CheckingRun {
  /// The files whose digests stand for what is read.
  public var digestedFiles: [String] {
    inputs.indices.flatMap { i in
      if case .dataset(let dataset) = inputs[i] { dataset.digestedFiles } else { [name(i)] }
    } + [settingsPath].compactMap { $0 }
  }

  /// The whole of what is checked, from its beginning.
  ///
  /// - Throws: `RunFailure` where it is an LMDB, which is checked whole.
  public func wholeSource() throws -> any AnnotationSource { try openForParts().0 }

  private func openForParts() throws -> (any AnnotationSource, ImageStore?, [Finding]) {
    for case .shard(let path) in inputs {
      throw RunFailure(
        "\(path): expected records or a dataset to check in parts, found an LMDB, which is checked whole",
        reason: .call)
    }
    let (source, store, _, findings) = try open()
    return (source, store, findings)
  }

  /// One part of several, with a `part.json` that the whole can be made of.
  func perform(_ part: PartSettings, _ context: RunContext) throws -> RunOutcome {
    let prefix = outputs.output.withoutSuffix(outputs.format.ending) + part.number.suffix
    if try part.isDone(prefix, say: context.say) { return .done }
    let outputs = try OutputSet(
      base: prefix,
      files: [OutputSuffix.findings] + EvidenceWriter.suffixes + [OutputSuffix.part],
      // What another run has left of a part is looked at when no other can change it.
      inputs: readPaths, existing: .overwritten)
    let (source, store, found) = try openForParts()
    let work = try part.work({ source }, stop: context.stop.check)
    return try part.make(
      work, outputs, context, description: nil, from: { work.source(source) },
      { try check($0, store, found, work, to: outputs, context) })
  }

  private func check(
    _ entries: any AnnotationSource, _ store: ImageStore?, _ sourceFindings: [Finding],
    _ work: PartWork, to outputs: OutputSet, _ context: RunContext
  ) throws -> RunOutcome {
    var source = entries
    let json = try settingsJSON()
    let own = try CheckSettings(json, of: settingsPath)
    let file = try FindingFile(outputs.file(OutputSuffix.findings), FindingLines())
    var run = CheckRun(
      images: store, limit: images.pixelLimit, decodes: decodes,
      checker: RecordChecker(
        thresholds: own.thresholds, faceModel: FaceModel.bfmFivePoints.points),
      findings: FindingSelection(
        selection: CheckSelection(own, only: only, ignored: ignored),
        summary: CheckSummary(examples: 0),
        strictSeverity: settings.isStrict ? min(settings.failOn, .warning) : nil,
        consumers: [file]),
      settings: settings, stop: context.stop,
      datasetChecks: Self.partedChecks(own.thresholds) + [
        try EvidenceWriter(inputs: inputNames) { try outputs.file($0) }
      ], isPart: true)
    try run.run(&source)
    let summary = run.findings.summary
    try file.finish(summary)
    let state = PartState(
      images: summary.images, faces: summary.faces,
      checks: run.datasetChecks.compactMap { ($0 as? any PartedCheck)?.state },
      source: sourceFindings)
    try write(state, GatheredCheckOptions(self, json), work, to: outputs)
    try context.stop.check()
    try outputs.publish()
    context.say(
      "checked   \(counted(summary.images, "image")) of part \(work.number.index) of \(work.number.count)"
    )
    return settings.outcome(worst: summary.worst)
  }

  private func write(
    _ state: PartState, _ options: GatheredCheckOptions, _ work: PartWork, to outputs: OutputSet
  ) throws {
    let nothing = Preparation.Result()
    guard case .object(let members) = work.json(nothing) else { return }
    let manifest = Manifest(
      command: "check", inputs: work.plan.inputs.map(\.json), options: options.json, frames: nil,
      isOfMeshes: false, hasChecksum: false, result: nothing, shards: [],
      files: try Packing.digests(
        of: [OutputSuffix.findings] + EvidenceWriter.suffixes, folder: nil, in: outputs.folder,
        SourceLocation.fileName(of: outputs.base), withSHA256: false),
      part: .object(members + [("check", state.json)]))
    try outputs.write(manifest.text.utf8, to: OutputSuffix.part)
  }

  /// What a part's `part.json` says of what it has seen.
  struct PartState {
    var images: Int
    var faces: Int
    /// Of `partedChecks`, in their order.
    var checks: [JSONValue]
    /// What the source doctor found, the same in all parts.
    var source: [Finding]
  }
}

extension CheckingRun.PartState {
  var json: JSONValue {
    .object([
      ("images", .integer(images)), ("faces", .integer(faces)), ("states", .array(checks)),
      ("source", .array(source.map(\.json))),
    ])
  }

  /// - Throws: `PartFile.Damaged` where a member is not as `json` writes it.
  init(_ json: JSONValue?) throws {
    guard let images = json?["images"]?.wholeNumber, let faces = json?["faces"]?.wholeNumber,
      let checks = json?["states"]?.elements, let source = json?["source"]?.elements
    else {
      throw PartFile.Damaged(
        detail: "part.json: check: expected what a part keeps, found something else")
    }
    self.init(
      images: images, faces: faces, checks: checks,
      source: source.compactMap { Finding(json: $0) })
  }
}
