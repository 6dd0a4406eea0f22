internal import ArgumentParser
internal import Codecs
internal import Datasets
internal import Labelling
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
    if input?.hasSuffix(".bin") == true {
      guard index == nil, images == nil else {
        throw ValidationError("A depth image is one picture; it takes '--overlay' alone.")
      }
      return
    }
    if let input, isSource(input) {
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
    try reportingFailures {
      guard let input else {
        try inspectFaceModel()
        return Exit.done
      }
      if input.hasSuffix(".bin") {
        try inspectDepth(input)
        return Exit.done
      }
      if isSource(input) { return try inspectSource(input) ? Exit.done : Exit.findings }
      if input.hasSuffix(".lmdb") { try inspectShard(input) } else { try inspectRecords(input) }
      return Exit.done
    }
  }

  /// Whether it is a dataset's folder or archive; an LMDB may be a folder too.
  private func isSource(_ input: String) -> Bool {
    !input.hasSuffix(".lmdb") && SourceDoctor.isSource(input)
  }

  private func inspectFaceModel() throws {
    let descriptions = try faceModel.load().models.map(FaceModelDescription.init)
    print(descriptions.map(\.text).joined(separator: "\n"), terminator: "")
    guard let overlay else { return }
    // The model of most points first: it shows most.
    let drawing = FaceModelDrawing(descriptions.reversed().map(\.drawing))
    try write(Array(drawing.svg.utf8), to: overlay)
  }

  private func inspectShard(_ input: String) throws {
    let shard = try ShardReader(path: input)
    guard let index else {
      print(
        "\(input): shard of layout \(shard.layout.rawValue), \(Tally.count(shard.count, "sample"))")
      return
    }
    let found: Void? = try shard.withSample(index) { value, bytes in
      let sample = try ShardSample(value, layout: shard.layout)
      print(try sample.description.prettyText, terminator: "")
      guard let overlay else { return }
      try draw(
        sample.record, over: UnsafeRawBufferPointer(rebasing: bytes[sample.image]), as: overlay)
    }
    if found == nil {
      throw Failure("\(input): expected an index from 0 to \(shard.count - 1), found \(index)")
    }
  }

  private func inspectRecords(_ input: String) throws {
    var source: any AnnotationSource =
      input.hasSuffix(".jsonl")
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
        if let overlay { try draw(record, as: overlay) }
        return
      }
      tally.add(record)
    }
    if let index {
      throw Failure("\(input): expected an index from 0 to \(tally.images - 1), found \(index)")
    }
    print(
      "\(input): \(try kind(of: input)), \(Tally.count(tally.images, "image")), \(Tally.count(tally.faces, "face"))"
    )
    for line in tally.summaryLines(issuesFile: nil) { print(line) }
  }

  private func kind(of input: String) throws -> String {
    input.hasSuffix(".jsonl") ? "records" : try WiderFace.form(of: MappedFile(path: input)).rawValue
  }

  private func draw(_ record: ImageRecord, as path: String) throws {
    guard let images else {
      throw Failure("--overlay of a record needs --images, the folder its path is relative to")
    }
    let store = try ImageStore(
      path: images, maximumBytes: imageSize.maxImageBytes, pixelLimit: imageSize.pixelLimit)
    let headers = ImageHeaderReader(limit: store.pixelLimit)
    let stored: StoredImage
    do throws(ImageStore.Failure) {
      stored = try store.open(record.image.path, with: headers)
    } catch {
      throw Failure("\(RecordIssue(error, imageOf: record))")
    }
    try stored.bytes().withUnsafeBytes { try draw(record, over: $0, as: path) }
  }

  private func draw(
    _ record: ImageRecord, over image: UnsafeRawBufferPointer, as path: String
  ) throws {
    let picture = FacePortrait(head: DrawingOptions.head()).picture(
      of: record, in: Photograph(try PixelImage(decoding: image, limit: imageSize.pixelLimit)),
      overlays: drawing.draw.overlays)
    try write(picture.png(), to: path)
  }

  func write(_ bytes: [UInt8], to path: String) throws {
    try PartialFile.write(bytes, to: path)
    say("wrote     \(path)")
  }
}
