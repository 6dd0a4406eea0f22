internal import ArgumentParser
internal import Codecs
internal import Datasets
internal import Foundation
internal import Pipeline
internal import Schema

struct Export: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Write records in a dataset's native form.",
    discussion: """
      What the form cannot hold is named, and written only with --allow-lossy. Source text and arrays that \
      records kept are given back as they were where they still say what the records say.

        sixdof export labelled.jsonl --format retinaface --output label
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable {
    case widerFace = "wider-face"
    case retinaFace = "retinaface"
    case img2pose = "img2pose-json"
    case threeHundredWLP = "300w-lp"
    case img2pose300WLP = "img2pose-300w-lp"
    case aflw2000
    case biwi
    case arkitFace = "arkitface"
    case coco
    case hopenet
    case sixDRepNet = "6drepnet"
    case trg
    case webDataset = "webdataset"

    /// Whether the form is nothing without its images.
    var holdsImages: Bool { self == .webDataset }
    /// Whether images are written too where they are given.
    var takesImages: Bool {
      [.webDataset, .threeHundredWLP, .aflw2000, .biwi, .arkitFace].contains(self)
    }
  }

  @Argument(help: "The records; a file, since they are read twice, or '-' with --allow-lossy.")
  var input: String
  @Option(help: "The form to write.") var format: Format
  @OptionGroup(title: "Images") var images: ImageOptions
  @Option(
    help:
      "The dataset that the records were converted from, for arrays over 4 KB that they only name.")
  var source: String?
  @Option(name: .shortAndLong, help: "The folder to make.") var output: String
  @Flag(help: "Write also where the form cannot hold all that the records do.") var allowLossy =
    false
  @OptionGroup var overwriting: OverwriteOptions
  @OptionGroup(title: "Run") var runOptions: RunOptions

  func validate() throws {
    if input == "-", !allowLossy {
      throw ValidationError(
        "'export' looks first for what would be lost, so it needs a file, or '--allow-lossy'.")
    }
    if format.holdsImages, images.images == nil {
      throw ValidationError(
        "'--format \(format.rawValue)' holds the images; name them by '--images'.")
    }
  }

  func run() throws {
    try CommandRun.perform { run in
      let outputs = try OutputSet(
        folder: output, inputs: [input] + [images.images, source].compactMap { $0 },
        existing: overwriting.existing)
      // First, so that a name mistyped leaves nothing behind.
      let records = try RecordFile(path: input, shards: .whole)
      try run.begin(outputs)
      return try export(records, in: outputs, stop: run.stop)
    }
  }

  private func export(
    _ records: consuming RecordFile, in outputs: OutputSet, stop: StopFlag
  ) throws -> ExitCode {
    let folder = try outputs.makeFolder("")
    var source = records
    var writer = try makeWriter(folder: folder, split: firstSplit())
    if !allowLossy { try refuseLosses(by: writer, stop) }
    let store = try images.open(or: nil, isRequired: format.holdsImages)
    let reader = ImageHeaderReader(limit: images.pixelLimit)
    var tally = Tally()
    var (images, faces, leftOut) = (0, 0, ReasonCounts())
    var files: Set<String> = []
    let meter = ProgressMeter(style: runOptions.progress, unit: "images", total: source.size)
    while let outcome = try source.next() {
      try stop.check()
      guard let record = try tally.take(outcome, isStrict: runOptions.strict) else { continue }
      var image: StoredImage?
      if let store, format.takesImages {
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
    try store?.tellOtherRoot(used: images)
    guard images > 0 else { throw nothingWritten(tally, leftOut) }
    try writer.finish()
    try stop.check()
    try outputs.publish()
    for line in tally.issues.lines() { say(line) }
    if !leftOut.isEmpty { say("left out  \(leftOut.text)") }
    say(
      "wrote     \(output): \(counted(images, "image")), \(counted(faces, "face")), as \(format.rawValue)"
    )
    return runOptions.exit(after: tally)
  }

  private static let sharedFile = "images whose file another one has too"

  /// Why no record could be written.
  private func nothingWritten(_ tally: Tally, _ leftOut: ReasonCounts) -> Failure {
    let found = leftOut.isEmpty ? "\(tally.read == 0 ? "no records" : "none")" : leftOut.text
    let remedy =
      leftOut.text.contains("without a camera")
      ? "; convert with --images, then run label"
      : leftOut.text.contains("without a pose") ? "; run label first" : ""
    return Failure(
      (["\(input): expected records that '\(format.rawValue)' can hold, found \(found)\(remedy)"]
        + tally.issues.lines()).joined(separator: "\n"))
  }

  private func makeWriter(folder: String, split: String?) throws -> any DatasetWriter {
    switch format {
    case .widerFace: try WiderFaceTextWriter(folder: folder, split: split)
    case .retinaFace: try RetinaFaceWriter(folder: folder)
    case .img2pose: try Img2PoseListWriter(folder: folder, split: split)
    case .threeHundredWLP: ThreeHundredWLP.writer(to: folder)
    case .img2pose300WLP: ThreeHundredWLP.img2PoseWriter(to: folder)
    case .aflw2000: AFLW2000.writer(to: folder)
    case .biwi: BiwiWriter(folder: folder)
    case .arkitFace: ARKitFaceWriter(folder: folder, source: try source.map(FileTree.init))
    case .coco: try COCOWriter(folder: folder)
    case .hopenet, .sixDRepNet: try FileListWriter(folder: folder)
    case .trg: try FileListWriter(folder: folder, prefix: "./")
    case .webDataset: WebDatasetWriter(folder: folder)
    }
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
    throw Failure(
      "\(input): '\(format.rawValue)' cannot hold \(list.joined(separator: ", ")); --allow-lossy writes the rest"
    )
  }
}
