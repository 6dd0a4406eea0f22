internal import Codecs
public import Datasets
public import Labelling
internal import Pipeline
internal import Rendering
public import Reporting
internal import Schema
internal import Shards

/// Looks into a dataset, shard, records, annotation file, image, depth image or face model.
public struct InspectionRun: Job {
  /// What is looked into.
  public enum Subject: Sendable {
    /// Whatever is there.
    case path(String)
    /// With what named it.
    case faceModel(String, FaceModelSet)
  }

  /// What is looked into.
  public var subject: Subject
  /// Which sample or record, from 0; nil for what the file is and how much it holds.
  public var index: Int?
  /// Where to draw the sample over its image, as PNG, or a face model, as SVG.
  public var picturePath: String?
  /// What is drawn of a sample.
  public var overlays: FacePortrait.Overlays = [.box, .landmarks, .axes]
  /// Whose loader's view of the sample is shown; nil for the sample as it is.
  public var trainer: Trainer?
  /// The folder of ARKitFace's mesh tables, for trainers of meshes.
  public var meshTables: String?
  /// The datasets' own folders or archives, for arrays that records only name.
  public var sources: [String] = []
  /// Where a record's image is.
  public var images = ImageLocation()
  /// How the run goes about its work.
  public var settings: RunSettings

  /// Says what it is and how much it holds.
  public init(_ subject: Subject, settings: RunSettings) {
    (self.subject, self.settings) = (subject, settings)
  }

  public func perform(_ context: RunContext) throws -> RunOutcome {
    let read: String? =
      switch subject {
      case .path(let path), .faceModel(let path, _): path
      }
    let outputs = try picturePath.map {
      try OutputSet(
        file: $0, inputs: [read, meshTables].compactMap { $0 } + images.paths + sources)
    }
    let (picture, outcome) = try look(context)
    guard let picture, let outputs else { return outcome }
    try context.begin(outputs)
    try outputs.write(picture)
    try outputs.publish()
    context.say("wrote     \(picturePath ?? "")")
    return outcome
  }

  /// - Returns: the picture for `picturePath`, and how the run ends.
  private func look(_ context: RunContext) throws -> (picture: [UInt8]?, RunOutcome) {
    let input: String
    switch subject {
    case .faceModel(_, let models): return (inspect(models, context), .done)
    case .path(let path): input = path
    }
    let kind = try InputKind(path: input)
    if kind.isSource(input) { return try inspectSource(input, context) }
    if kind == .image {
      try inspectImage(input, context)
      return (nil, .done)
    }
    let picture: [UInt8]? =
      switch kind {
      case .depthImage: try inspectDepth(input, context)
      case .shard: try inspectShard(input, context)
      case .records, .empty: try inspectRecords(input, context)
      case .annotations: try inspectAnnotations(input, kind, context)
      // What is no depth image is told by its reader.
      case .other where input.hasSuffix(".bin"): try inspectDepth(input, context)
      default:
        throw WrongInput.refusal(
          input, kind, expected: "a dataset, records, an LMDB or an annotation file")
      }
    return (picture, .done)
  }

  private func inspect(_ models: FaceModelSet, _ context: RunContext) -> [UInt8]? {
    let descriptions = models.models.map(FaceModelDescription.init)
    context.print(descriptions.map(\.text).joined(separator: "\n"))
    guard picturePath != nil else { return nil }
    // The model of most points first: it shows most.
    let drawing = FaceModelDrawing(descriptions.reversed().map(\.drawing))
    return Array(drawing.svg.utf8)
  }

  private func inspectShard(_ input: String, _ context: RunContext) throws -> [UInt8]? {
    let shard = try ShardReader(path: input)
    guard let index else {
      context.show(
        "\(input): shard of layout \(shard.layout.name), \(counted(shard.count, "sample"))")
      return nil
    }
    let found: [UInt8]?? = try shard.withSample(index) { sample, bytes in
      if let trainer {
        return try view(of: sample, shard.layout, bytes, for: trainer, context)
      }
      context.print(try sample.json.prettyText)
      guard picturePath != nil else { return nil }
      return try drawing(
        of: try sample.usableRecord(), over: UnsafeRawBufferPointer(rebasing: bytes[sample.image]))
    }
    guard let found else {
      throw RunFailure("\(input): expected an index from 0 to \(shard.count - 1), found \(index)")
    }
    return found
  }

  private func inspectRecords(_ input: String, _ context: RunContext) throws -> [UInt8]? {
    var source: any AnnotationSource = try RecordFile(path: input)
    return try inspect(&source, of: input, [], context) { "records, \($0)" }
  }

  /// Shows the record that is asked for, or how much there is.
  ///
  /// - Parameters:
  ///   - remarks: lines on what it is.
  ///   - words: says what there is, from numbers of images and faces in words.
  /// - Returns: the picture, where one is asked for.
  func inspect(
    _ source: inout any AnnotationSource, of input: String, _ remarks: [String],
    _ context: RunContext, words: (String) -> String
  ) throws -> [UInt8]? {
    var tally = Tally()
    while let outcome = try source.next() {
      try context.stop.check()
      for issue in outcome.issues { tally.add(issue) }
      if outcome.isImage { tally.read += 1 }
      guard let record = outcome.record else { continue }
      if tally.images == index {
        if let trainer { return try view(of: record, for: trainer, context) }
        var writer = JSONWriter()
        record.write(to: &writer)
        context.print(
          try JSONParser.value(of: String(decoding: writer.bytes, as: UTF8.self)).prettyText)
        return picturePath == nil ? nil : try drawing(of: record)
      }
      tally.add(record)
    }
    if let index {
      let expected =
        tally.images == 0 ? "records" : "an index from 0 to \(tally.images - 1)"
      throw RunFailure(
        "\(input): expected \(expected), found \(tally.images == 0 ? "none" : "\(index)")")
    }
    let numbers = "\(counted(tally.images, "image")), \(counted(tally.faces, "face"))"
    context.show("\(input): \(words(numbers))")
    for line in remarks + tally.summaryLines(issuesFile: nil) { context.show(line) }
    return nil
  }

  private func drawing(of record: ImageRecord) throws -> [UInt8] {
    let image = try opened(record).bytes()
    return try image.withUnsafeBytes { try drawing(of: record, over: $0) }
  }

  /// The image of a record that does not hold its own.
  func opened(_ record: ImageRecord) throws -> StoredImage {
    guard let store = try images.open(or: nil, isRequired: false) else {
      throw RunFailure(
        "expected the folder that the record's path is relative to, found none named",
        remedy: .nameImages)
    }
    do throws(ImageStore.Failure) {
      return try store.open(
        record.image.path, with: ImageHeaderReader(limit: store.pixelLimit))
    } catch {
      throw RunFailure("\(RecordIssue(error, imageOf: record))")
    }
  }

  private func drawing(
    of record: ImageRecord, over image: UnsafeRawBufferPointer
  ) throws -> [UInt8] {
    let picture = FacePortrait(head: HeadMesh.bfm).picture(
      of: record, in: Photograph(try PixelImage(decoding: image, limit: images.pixelLimit)),
      overlays: overlays)
    return picture.png()
  }
}

extension InputKind {
  /// Whether what has this path is a dataset's folder or archive, or should become one.
  public func isSource(_ path: String) -> Bool {
    self == .tree || !isLMDB && SourceDoctor.isSource(path)
  }
}
