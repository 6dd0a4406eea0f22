internal import ArgumentParser
internal import Codecs
internal import Datasets
internal import Labelling
internal import Pipeline
internal import Reporting
internal import Schema
internal import Shards

struct Inspect: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Look into a dataset, shard, records, annotation file or face model.",
    discussion: """
      Without --index it says what the file is and how much it holds; with it, it prints that sample \
      or record as JSON, and --overlay draws it; --draw chooses what of it.

        sixdof inspect train.lmdb --index 12 --overlay face.png
        sixdof inspect train.lmdb --index 12 --overlay face.png --draw mesh,landmarks

      Of a dataset's folder, zip or tar it says which dataset and version it is, how complete, what is \
      wrong and what to do; it reads names and sizes only.

        sixdof inspect 300W-LP.zip

      A depth image of BIWI is one picture, so --overlay draws it without an index.

        sixdof inspect hpdb/01/frame_00003_depth.bin --overlay depth.png

      With --face-model in place of a file it lists that model's points, and --overlay draws them from \
      the front, the side and the top.

        sixdof inspect --face-model bfm --overlay model.svg
        sixdof inspect --face-model head.obj --face-model-indices landmarks.txt
      """)

  @Argument(
    help:
      "A dataset's folder, zip or tar, a .lmdb, a .jsonl of records, a WIDER FACE annotation file, or BIWI's _depth.bin."
  )
  var input: String?
  @Option(help: "Which sample or record, from 0.") var index: Int?
  @Option(
    help:
      "Draw the sample's boxes, landmarks and poses over its image, as this PNG; or a face model, as this SVG."
  )
  var overlay: String?
  @Option(help: "The folder, zip or tar of images, to draw a record that does not hold its own.")
  var images: String?
  @OptionGroup var imageSize: ImageSizeOptions
  @OptionGroup var drawing: DrawingOptions
  @OptionGroup(title: "Face model") var faceModel: FaceModelOptions
  @OptionGroup(title: "Run") var ending: EndingOptions

  func validate() throws {
    guard (input == nil) != (faceModel.faceModel == nil) else {
      throw ValidationError("'inspect' needs either a file or '--face-model'.")
    }
    guard input != nil else {
      if index != nil || images != nil {
        throw ValidationError("'--index' and '--images' are for samples, not for '--face-model'.")
      }
      return
    }
    let kind = input.map(InputKind.init(argument:))
    if kind == .depthImage {
      guard index == nil, images == nil else {
        throw ValidationError("A depth image is one picture; it takes '--overlay' alone.")
      }
      return
    }
    if let input, let kind, isSource(input, kind) {
      guard index == nil, overlay == nil, images == nil else {
        throw ValidationError(
          "A folder or archive is looked through as a whole; it takes no '--index', '--overlay' or '--images'."
        )
      }
    }
    guard (index ?? 0) >= 0 else { throw ValidationError("'--index' must be at least 0.") }
    if overlay != nil, index == nil {
      throw ValidationError("'--overlay' draws one sample; name it with '--index'.")
    }
  }

  func run() throws {
    try CommandRun.perform { run in
      let outputs = try overlay.map {
        try OutputSet(
          file: $0, inputs: [input, images, faceModel.faceModel].compactMap { $0 })
      }
      let (picture, code) = try look(run.stop)
      guard let picture, let outputs else { return code }
      try run.begin(outputs)
      try outputs.write(picture)
      try outputs.publish()
      say("wrote     \(overlay ?? "")")
      return code
    }
  }

  /// - Returns: the picture for `--overlay`, and how the run ends.
  private func look(_ stop: StopFlag) throws -> (picture: [UInt8]?, ExitCode) {
    guard let input else { return (try inspectFaceModel(), Exit.done) }
    let kind = try InputKind(path: input)
    if isSource(input, kind) { return (nil, try inspectSource(input, stop)) }
    let picture: [UInt8]? =
      switch kind {
      case .depthImage: try inspectDepth(input)
      case .shard: try inspectShard(input)
      case .records, .empty, .annotations: try inspectRecords(input, kind)
      // What is no depth image is told by its reader.
      case .other where input.hasSuffix(".bin"): try inspectDepth(input)
      default:
        throw WrongInput.refusal(
          input, kind, expected: "a dataset, records, an LMDB or an annotation file")
      }
    return (picture, Exit.done)
  }

  /// Whether it is a dataset's folder or archive, or should become one.
  private func isSource(_ input: String, _ kind: InputKind) -> Bool {
    kind == .tree || !kind.isLMDB && SourceDoctor.isSource(input)
  }

  private func inspectFaceModel() throws -> [UInt8]? {
    let descriptions = try faceModel.load().models.map(FaceModelDescription.init)
    print(descriptions.map(\.text).joined(separator: "\n"), terminator: "")
    guard overlay != nil else { return nil }
    // The model of most points first: it shows most.
    let drawing = FaceModelDrawing(descriptions.reversed().map(\.drawing))
    return Array(drawing.svg.utf8)
  }

  private func inspectShard(_ input: String) throws -> [UInt8]? {
    let shard = try ShardReader(path: input)
    guard let index else {
      show(
        "\(input): shard of layout \(shard.layout.rawValue), \(counted(shard.count, "sample"))")
      return nil
    }
    let found: [UInt8]?? = try shard.withSample(index) { value, bytes in
      let sample = try ShardSample(value, layout: shard.layout)
      print(try sample.description.prettyText, terminator: "")
      guard overlay != nil else { return nil }
      return try drawing(
        of: sample.record, over: UnsafeRawBufferPointer(rebasing: bytes[sample.image]))
    }
    guard let found else {
      throw Failure("\(input): expected an index from 0 to \(shard.count - 1), found \(index)")
    }
    return found
  }

  private func inspectRecords(_ input: String, _ kind: InputKind) throws -> [UInt8]? {
    let isRecords = kind == .records || kind == .empty
    var source: any AnnotationSource =
      isRecords
      ? try RecordFile(path: input)
      : try WiderFace.annotations(
        at: [input], options: ReadingOptions(dataset: Dataset.widerFace.rawValue))
    var tally = Tally()
    while let outcome = try source.next() {
      for issue in outcome.issues { tally.add(issue) }
      tally.read += 1
      guard let record = outcome.record else { continue }
      if tally.images == index {
        var writer = JSONWriter()
        record.write(to: &writer)
        print(
          try JSONParser.value(of: String(decoding: writer.bytes, as: UTF8.self)).prettyText,
          terminator: "")
        return overlay == nil ? nil : try drawing(of: record)
      }
      tally.add(record)
    }
    if let index {
      throw Failure("\(input): expected an index from 0 to \(tally.images - 1), found \(index)")
    }
    show(
      "\(input): \(isRecords ? "records" : kind.description), \(counted(tally.images, "image")), \(counted(tally.faces, "face"))"
    )
    for line in tally.summaryLines(issuesFile: nil) { show(line) }
    return nil
  }

  private func drawing(of record: ImageRecord) throws -> [UInt8] {
    guard let images else {
      throw Failure("--overlay of a record needs --images, the folder its path is relative to")
    }
    let store = try ImageStore(
      path: images, maximumBytes: imageSize.maxImageBytes, pixelLimit: imageSize.pixelLimit)
    let opened: StoredImage
    do throws(ImageStore.Failure) {
      opened = try store.open(
        record.image.path, with: ImageHeaderReader(limit: store.pixelLimit))
    } catch {
      throw Failure("\(RecordIssue(error, imageOf: record))")
    }
    let image = try opened.bytes()
    return try image.withUnsafeBytes { try drawing(of: record, over: $0) }
  }

  private func drawing(
    of record: ImageRecord, over image: UnsafeRawBufferPointer
  ) throws -> [UInt8] {
    let picture = FacePortrait(head: DrawingOptions.head()).picture(
      of: record, in: Photograph(try PixelImage(decoding: image, limit: imageSize.pixelLimit)),
      overlays: drawing.draw.overlays)
    return picture.png()
  }
}
