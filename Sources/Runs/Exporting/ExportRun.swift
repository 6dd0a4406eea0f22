public import Codecs
public import Datasets
internal import Foundation
internal import Pipeline
internal import Schema

/// Writes records in a dataset's native form.
public struct ExportRun: Job {
  /// A file of records, or an LMDB of them; '-' is standard input.
  public var input: String
  /// The form that is written.
  public var format: ExportForm
  /// Where the records' images are.
  public var images = ImageLocation()
  /// ARKitFace's own folder, for arrays that records only name.
  public var source: String?
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
  public init(input: String, format: ExportForm, output: String, settings: RunSettings) {
    (self.input, self.format, self.output, self.settings) = (input, format, output, settings)
  }

  public func perform(_ context: RunContext) throws -> RunOutcome {
    let outputs = try OutputSet(
      folder: output, companions: [OutputSuffix.export],
      inputs: [input] + [images.path, source].compactMap { $0 }, existing: existing)
    // First, so that a name mistyped leaves nothing behind.
    let records = try RecordFile(path: input, shards: .whole)
    try context.begin(outputs)
    return try export(records, in: outputs, context)
  }

  private func export(
    _ records: consuming RecordFile, in outputs: OutputSet, _ context: RunContext
  ) throws -> RunOutcome {
    let folder = try outputs.makeFolder("")
    var target = ExportForm.Target(
      folder: folder, split: try firstSplit(context), source: source)
    target.options = options
    let writer = try format.makeWriter(target)
    if !allowsLosses { try refuseLosses(by: writer, context) }
    let store = try openImages(of: &records)
    let (isShard, hasImages) = (records.isShard, store != nil || records.takesImages)
    var pass = ExportPass(
      format: format, settings: settings, images: store, pixelLimit: images.pixelLimit)
    if let writer = writer as? any EncodingDatasetWriter {
      try pass.run(records, writer, context)
    } else {
      try pass.run(records, WholeRecordWriter(writer), context)
    }
    guard pass.written.images > 0 else { throw nothingWritten(pass.tally, pass.leftOut) }
    let manifest = ExportManifest(
      form: format, options: options, allowsLosses: allowsLosses, hasImages: hasImages,
      records: try digest(isShard: isShard), pass: pass)
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

  /// The records' file as the manifest names it. An LMDB may hold the images too, so it is only named.
  private func digest(isShard: Bool) throws -> (path: String, digest: FileDigest?)? {
    guard input != "-" else { return nil }
    return (input, isShard ? nil : try FileDigest(file: input))
  }

  /// The images where the form holds any: those that are named, or else those that an LMDB of records holds.
  private func openImages(of records: inout RecordFile) throws -> ImageStore? {
    guard format.images != .none else { return nil }
    records.takesImages = images.path == nil
    return try images.open(
      or: nil, isRequired: format.images == .required && !records.isShard)
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
      (["\(input): expected records that '\(format.name)' can hold, found \(found)\(remedy)"]
        + tally.issues.lines()).joined(separator: "\n"))
  }

  /// The split that the first record names.
  private func firstSplit(_ context: RunContext) throws -> String? {
    guard input != "-" else { return nil }
    var source = try RecordFile(path: input, shards: .whole)
    while let outcome = try source.next() {
      try context.stop.check()
      if let record = outcome.record { return record.source.split }
    }
    return nil
  }

  private func refuseLosses(by writer: any DatasetWriter, _ context: RunContext) throws {
    var losses = ReasonCounts()
    var files: Set<String> = []
    var source: any AnnotationSource = try RecordFile(path: input, shards: .whole)
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
    guard !losses.isEmpty else { return }
    let list = losses.all.map { "\($0.reason) (in \(counted($0.count, "image")))" }
    throw RunFailure(
      "\(input): '\(format.name)' cannot hold \(list.joined(separator: ", "))",
      remedy: .allowLosses)
  }
}
