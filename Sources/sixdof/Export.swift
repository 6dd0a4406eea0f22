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
    let run = Interruptible()
    var workspace: Workspace?
    var records: RecordFile?
    try reportingFailures {
      // First, so that a name mistyped leaves nothing behind.
      records = try RecordFile(path: input, shards: .whole)
      workspace = try Workspace(newFolder: output)
      return Exit.done
    }
    guard let workspace, let records else { return }
    run.name(workspace)
    try reportingFailures(workspace) { try export(records, in: workspace, stop: run.stop) }
  }

  private func export(
    _ records: consuming RecordFile, in workspace: Workspace, stop: StopFlag
  ) throws -> ExitCode {
    let folder = workspace.path("")
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    var source = records
    var writer = try makeWriter(folder: folder, split: firstSplit())
    if !allowLossy { try refuseLosses(by: writer, stop) }
    let store = try images.open(or: nil, isRequired: format.holdsImages)
    let reader = ImageHeaderReader()
    var tally = Tally()
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
      try writer.write(record, image: image)
      tally.add(record)
      meter.update(
        position: source.position, done: tally.read, rejected: tally.read - tally.images)
    }
    meter.finish()
    try store?.tellOtherRoot(used: tally.images)
    try writer.finish()
    try workspace.publish()
    for issue in tally.firstIssues { say("\(issue.severity.rawValue): \(issue)") }
    say(
      "wrote     \(output): \(Tally.count(tally.images, "image")), \(Tally.count(tally.faces, "face")), as \(format.rawValue)"
    )
    return tally.count(.error) > 0 ? Exit.findings : Exit.done
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
    var losses: [(name: String, images: Int)] = []
    var source = try RecordFile(path: input, shards: .whole)
    while let outcome = try source.next() {
      try stop.check()
      guard let record = outcome.record else { continue }
      for name in writer.losses(of: record) {
        if let i = losses.firstIndex(where: { $0.name == name }) {
          losses[i].images += 1
        } else {
          losses.append((name, 1))
        }
      }
    }
    guard !losses.isEmpty else { return }
    let list = losses.map { "\($0.name) (in \(Tally.count($0.images, "image")))" }
    throw Failure(
      "\(input): '\(format.rawValue)' cannot hold \(list.joined(separator: ", ")); --allow-lossy writes the rest"
    )
  }
}
