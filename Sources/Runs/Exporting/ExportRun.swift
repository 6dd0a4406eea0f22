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
      folder: output, inputs: [input] + [images.path, source].compactMap { $0 },
      existing: existing)
    // First, so that a name mistyped leaves nothing behind.
    let records = try RecordFile(path: input, shards: .whole)
    try context.begin(outputs)
    return try export(records, in: outputs, context)
  }

  private func export(
    _ records: consuming RecordFile, in outputs: OutputSet, _ context: RunContext
  ) throws -> RunOutcome {
    let folder = try outputs.makeFolder("")
    var source = records
    var writer = try format.makeWriter(
      ExportForm.Target(folder: folder, split: try firstSplit(), source: self.source))
    if !allowsLosses { try refuseLosses(by: writer, context.stop) }
    let store = try images.open(or: nil, isRequired: format.images == .required)
    let reader = ImageHeaderReader(limit: images.pixelLimit)
    var tally = Tally()
    var (images, faces, leftOut) = (0, 0, ReasonCounts())
    var files: Set<String> = []
    let meter = ProgressMeter(style: settings.progress, unit: "images", total: source.size)
    while let outcome = try source.next() {
      try context.stop.check()
      guard let record = try tally.take(outcome, isStrict: settings.isStrict) else { continue }
      var image: StoredImage?
      if let store, format.images != .none {
        do throws(ImageStore.Failure) {
          image = try store.open(record.image.path, with: reader)
        } catch {
          tally.add(
            RecordIssue(error, imageOf: record))
          continue
        }
      }
      if let name = writer.fileName(of: record), !files.insert(name).inserted {
        leftOut.add(Self.sharedFile)
      } else {
        let written = try writer.write(record, image: image)
        images += written.isWritten ? 1 : 0
        faces += written.faces
        for reason in written.leftOut { leftOut.add(reason) }
      }
      tally.add(record)
      meter.update(
        position: source.position, done: tally.read, rejected: tally.read - tally.images)
    }
    meter.finish()
    try store?.tellOtherRoot(used: images, context.say)
    guard images > 0 else { throw nothingWritten(tally, leftOut) }
    try writer.finish()
    try context.stop.check()
    try outputs.publish()
    for line in tally.issues.lines() { context.say(line) }
    if !leftOut.isEmpty { context.say("left out  \(leftOut.text)") }
    context.say(
      "wrote     \(output): \(counted(images, "image")), \(counted(faces, "face")), as \(format.name)"
    )
    return settings.outcome(after: tally)
  }

  private static let sharedFile = "images whose file another one has too"

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
  private func firstSplit() throws -> String? {
    guard input != "-" else { return nil }
    var source = try RecordFile(path: input, shards: .whole)
    while let outcome = try source.next() {
      if let record = outcome.record { return record.source.split }
    }
    return nil
  }

  private func refuseLosses(by writer: any DatasetWriter, _ stop: StopFlag) throws {
    var losses = ReasonCounts()
    var files: Set<String> = []
    var source = try RecordFile(path: input, shards: .whole)
    while let outcome = try source.next() {
      try stop.check()
      guard let record = outcome.record else { continue }
      for name in writer.losses(of: record) { losses.add(name) }
      if let name = writer.fileName(of: record), !files.insert(name).inserted {
        losses.add(Self.sharedFile)
      }
    }
    guard !losses.isEmpty else { return }
    let list = losses.all.map { "\($0.reason) (in \(counted($0.count, "image")))" }
    throw RunFailure(
      "\(input): '\(format.name)' cannot hold \(list.joined(separator: ", "))",
      remedy: .allowLosses)
  }
}
