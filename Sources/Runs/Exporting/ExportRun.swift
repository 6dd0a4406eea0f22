public import Codecs
public import Datasets
internal import Pipeline
internal import Schema

/// Writes records in a dataset's native form.
public struct ExportRun: Job {
  /// Files of records, or LMDBs of them; '-' is standard input.
  public var inputs: [String]
  /// The form that is written.
  public var format: ExportForm
  /// The folders, zips or tars of the inputs' images: none, one for all inputs, or one for each.
  public var imagePaths: [String] = []
  /// How large images may be; its path is not used.
  public var imageLimits = ImageLocation()
  /// The datasets' own folders or archives, for arrays and meshes that records only name.
  public var sources: [String] = []
  /// What the form is told.
  public var options = ExportOptions()
  /// Whether to write also where the form cannot hold all that the records do.
  public var allowsLosses = false
  /// The folder to make.
  public var output: String
  /// What is done where the output exists.
  public var existing = OutputSet.Existing.refused
  /// How the run goes about its work.
  public var settings: RunSettings

  /// Writes what the form holds in full.
  public init(inputs: [String], format: ExportForm, output: String, settings: RunSettings) {
    (self.inputs, self.format, self.output, self.settings) = (inputs, format, output, settings)
  }

  public func perform(_ context: RunContext) throws -> RunOutcome {
    guard !inputs.isEmpty, imagePaths.count < 2 || imagePaths.count == inputs.count else {
      throw RunFailure(
        "images: expected one folder for all inputs or one for each of \(inputs.count), found \(imagePaths.count)",
        reason: .call)
    }
    let outputs = try OutputSet(
      folder: output, companions: [OutputSuffix.export],
      inputs: inputs + imagePaths + sources + options.paths, existing: existing)
    // First, so that a name mistyped leaves nothing behind.
    let records = try inputs.map { try RecordFile(path: $0, shards: .whole) }
    try context.begin(outputs)
    return try export(records, in: outputs, context)
  }

  private func export(
    _ records: [RecordFile], in outputs: OutputSet, _ context: RunContext
  ) throws -> RunOutcome {
    let folder = try outputs.makeFolder("")
    var target = ExportForm.Target(
      folder: folder, split: try firstSplit(context), sources: sources)
    target.options = options
    let writer = try format.makeWriter(target)
    var records = records
    let stores = try openStores(of: &records)
    let images = records.indices.map { i -> ExportPass.Place in
      if !stores.isEmpty { return .store(stores[stores.count == 1 ? 0 : i]) }
      return records[i].takesImages ? .source : .none
    }
    var pass = ExportPass(
      format: format, settings: settings, images: images, pixelLimit: imageLimits.pixelLimit,
      allowsLosses: allowsLosses)
    do {
      try pass.run(JoinedSources(records), writer, context)
    } catch is ExportPass.LossFound {
      throw try lossFailure(of: writer, context)
    } catch let error as MissingMeshTables {
      throw RunFailure("\(error)", remedy: .nameMeshTables)
    }
    for store in stores { try store.tellOtherRoot(used: pass.written.images, context.say) }
    guard pass.written.images > 0 else { throw nothingWritten(pass.tally, pass.leftOut) }
    let manifest = ExportManifest(
      form: format, options: options, allowsLosses: allowsLosses,
      hasImages: images.contains(where: \.isOpened), records: try digests(of: records), pass: pass)
    try outputs.write(manifest.text.utf8, to: OutputSuffix.export)
    try context.stop.check()
    try outputs.publish()
    sumUp(pass, context.say)
    return settings.outcome(after: pass.tally)
  }

  private func sumUp(_ pass: ExportPass, _ say: (String) -> Void) {
    for line in pass.tally.issues.lines() { say(line) }
    if !pass.leftOut.isEmpty { say("left out  \(pass.leftOut.text)") }
    for note in pass.notes { say("note      \(note)") }
    say(
      "wrote     \(output): \(counted(pass.written.images, "image")), \(counted(pass.written.faces, "face")), as \(format.name)"
    )
  }

  /// The records' files as the manifest names them. An LMDB may hold the images too, so it is only named.
  private func digests(of records: [RecordFile]) throws -> [(path: String, digest: FileDigest?)] {
    try records.map { file in
      let isStored = file.path != "-" && !file.isShard
      return (file.path, isStored ? try FileDigest(file: file.path) : nil)
    }
  }

  /// The images that are named, one place for all inputs or one for each, where the form holds any. Where none are named,
  /// LMDBs of records give their own.
  private func openStores(of records: inout [RecordFile]) throws -> [ImageStore] {
    guard format.images != .none else { return [] }
    var location = imageLimits
    guard imagePaths.isEmpty else {
      return try imagePaths.map { path in
        location.paths = [path]
        return try location.required(or: nil)
      }
    }
    location.paths = []
    for i in records.indices { records[i].takesImages = true }
    let isComplete = records.allSatisfy(\.isShard)
    _ = try location.open(or: nil, isRequired: format.images == .required && !isComplete)
    return []
  }

  static let sharedFile = "images whose file another one has too"

  /// Why no record could be written.
  private func nothingWritten(_ tally: Tally, _ leftOut: ReasonCounts) -> RunFailure {
    let found = leftOut.isEmpty ? "\(tally.read == 0 ? "no records" : "none")" : leftOut.text
    let remedy =
      leftOut.text.contains("without a camera")
      ? "; convert with images, then run label"
      : leftOut.text.contains("without a pose") ? "; run label first" : ""
    return RunFailure(
      ([
        "\(inputs.joined(separator: ", ")): expected records that '\(format.name)' can hold, found \(found)\(remedy)"
      ]
        + tally.issues.lines()).joined(separator: "\n"))
  }

  /// The split that the first record names.
  private func firstSplit(_ context: RunContext) throws -> String? {
    guard let input = inputs.first, input != "-" else { return nil }
    var source = try RecordFile(path: input, shards: .whole)
    while let outcome = try source.next() {
      try context.stop.check()
      if let record = outcome.record { return record.source.split }
    }
    return nil
  }

  /// What the form cannot hold of all records, which are read anew for it.
  private func lossFailure(
    of writer: any DatasetWriter, _ context: RunContext
  ) throws -> RunFailure {
    var losses = ReasonCounts()
    var files: Set<String> = []
    var source: any AnnotationSource = JoinedSources(
      try inputs.map { try RecordFile(path: $0, shards: .whole) })
    var settings = settings
    settings.progress = .none
    try OrderedImages(settings: settings, stop: context.stop, batchSize: 64).run(
      &source, makeWorker: {}, transform: { _, outcome in outcome.record }
    ) { record in
      guard let record else { return (0, 0) }
      for name in writer.losses(of: record) { losses.add(name) }
      if let name = writer.fileName(of: record), !files.insert(name).inserted {
        losses.add(Self.sharedFile)
      }
      return (0, 0)
    }
    let list = losses.all.map { "\($0.reason) (in \(counted($0.count, "image")))" }
    return RunFailure(
      "\(inputs.joined(separator: ", ")): '\(format.name)' cannot hold \(list.joined(separator: ", "))",
      remedy: .allowLosses)
  }
}
