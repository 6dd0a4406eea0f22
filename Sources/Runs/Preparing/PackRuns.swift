internal import Codecs
public import Datasets
internal import Inference
internal import Schema
internal import Shards

/// What `build` does: from a dataset to a training LMDB in one pass.
public struct BuildRun: Job {
  /// The annotations.
  public var input: AnnotationInput
  /// The outputs' path without suffixes.
  public var output: String
  /// Where the images are; by default in the annotations' own tree.
  public var images = ImageLocation()
  /// How poses are fitted.
  public var labelling: () throws -> Packing.Labelling
  /// Files that decide how poses are fitted.
  public var labellingFiles: [String] = []
  /// Whose poses are packed.
  public var profile: PoseProfile
  /// How training data are laid out.
  public var packing: PackingSettings
  /// Whether the records are written too.
  public var writesRecords = false
  /// How the run goes about its work.
  public var settings = RunSettings()
  /// Which part of the whole is done; nil for all of it.
  public var part: PartSettings?

  /// - Parameters:
  ///   - input: the annotations.
  ///   - output: the outputs' path without suffixes.
  ///   - profile: whose poses are packed.
  ///   - packing: how training data are laid out.
  ///   - labelling: how poses are fitted; called once the outputs are checked.
  public init(
    _ input: AnnotationInput, output: String, profile: PoseProfile, packing: PackingSettings,
    labelling: @escaping () throws -> Packing.Labelling
  ) {
    (self.input, self.output, self.profile) = (input, output, profile)
    (self.packing, self.labelling) = (packing, labelling)
  }

  public func perform(_ context: RunContext) throws -> RunOutcome {
    try Packing.perform(
      to: output, part: part, context, inputs: input.paths + images.paths, packing,
      writesRecords: writesRecords
    ) { prefix in
      let opened = try open(context)
      var settings = packing
      settings.sources = [input.tree].compactMap { $0 }
      var run = Packing(
        command: "build \(input.name)", prefix: prefix, images: opened.images,
        imagePaths: images.paths.isEmpty ? [input.tree].compactMap { $0 } : images.paths,
        profile: profile, packing: settings, settings: self.settings
      ) { opened.source }
      (run.reading, run.inputs, run.part) = (input.readingJSON, input.digestedFiles, part)
      run.part?.inputs = digestedFiles
      (run.labelling, run.writesRecords) = (try labelling(), writesRecords)
      run.checks = true
      return run
    }
  }

  /// The files whose digests stand for what is read.
  public var digestedFiles: [String] { input.digestedFiles + labellingFiles }

  /// What is read, from its beginning.
  ///
  /// - Throws: as `AnnotationInput.open`.
  public func wholeSource(_ context: RunContext) throws -> any AnnotationSource {
    try open(context).source
  }

  private func open(_ context: RunContext) throws -> AnnotationInput.Opened {
    // The img2pose layout holds no source text.
    let native: ReadingOptions.Native =
      !writesRecords && packing.layout == .img2pose ? .none : .standard
    var input = input
    input.jobs = settings.jobs
    return try input.open(
      native: native, images: images, needsImages: true, tell: context.tell, say: context.say)
  }
}

/// What `annotate` does: from images without annotations to a training LMDB in one pass.
public struct AnnotationRun: Job {
  /// A folder, zip or tar of images, or a list of such (`PathList`); '-' is a tar on standard input.
  public var input: String
  /// The outputs' path without suffixes.
  public var output: String
  /// The records' dataset.
  public var dataset = "photos"
  /// How large images may be.
  public var images = ImageLocation()
  /// The networks that find faces.
  public var inference: () throws -> InferencePlan
  /// How poses are fitted.
  public var labelling: () throws -> Packing.Labelling
  /// Files that decide how poses are fitted.
  public var labellingFiles: [String] = []
  /// Whose poses are packed.
  public var profile: PoseProfile
  /// How training data are laid out.
  public var packing: PackingSettings
  /// How the run goes about its work.
  public var settings = RunSettings()
  /// Which part of the whole is done; nil for all of it.
  public var part: PartSettings?

  /// - Parameters:
  ///   - input: a folder, zip or tar of images.
  ///   - output: the outputs' path without suffixes.
  ///   - profile: whose poses are packed.
  ///   - packing: how training data are laid out.
  ///   - inference: the networks that find faces; called once the outputs are checked.
  ///   - labelling: how poses are fitted; called once the outputs are checked.
  public init(
    _ input: String, output: String, profile: PoseProfile, packing: PackingSettings,
    inference: @escaping () throws -> InferencePlan,
    labelling: @escaping () throws -> Packing.Labelling
  ) {
    (self.input, self.output, self.profile) = (input, output, profile)
    (self.packing, self.inference, self.labelling) = (packing, inference, labelling)
  }

  public func perform(_ context: RunContext) throws -> RunOutcome {
    try Packing.perform(
      to: output, part: part, context, inputs: PathList.all(input), packing, writesRecords: true,
      writesLists: true
    ) { prefix in
      let (store, source) = try open()
      var run = Packing(
        command: "annotate", prefix: prefix, images: store,
        imagePaths: [input], profile: profile, packing: packing, settings: settings
      ) { source }
      (run.labelling, run.writesRecords, run.writesLists) = (try labelling(), true, true)
      run.part = part
      run.part?.inputs = digestedFiles
      run.inputs = [PathList.file(input)].compactMap { $0 }
      let inference = try inference()
      run.inference = inference
      run.reading = [("dataset", .text(dataset)), ("faces", inference.json)]
      return run
    }
  }

  /// What is read, from its beginning.
  ///
  /// - Throws: `WrongInput` where it is no folder or archive; errors of reading.
  public func wholeSource() throws -> any AnnotationSource { try open().source }

  /// The files whose digests stand for what is read.
  public var digestedFiles: [String] { [PathList.file(input)].compactMap { $0 } + labellingFiles }

  private func open() throws -> (images: ImageStore?, source: any AnnotationSource) {
    if input == "-" {
      return (nil, try PhotoStream(dataset: dataset, maximumBytes: images.maximumBytes))
    }
    try WrongInput.requireTree(input, expected: "a folder or archive of images")
    let tree = try FileTree(path: input, skipsFaults: true)
    let store = try tree.images(
      maximumBytes: images.maximumBytes, pixelLimit: images.pixelLimit)
    return (store, try PhotoSource(tree, dataset: dataset))
  }
}

/// What `pack` does: from labelled records and their images to training LMDBs.
public struct PackRun: Job {
  /// The records.
  public var input: String
  /// The outputs' path without suffixes, or the LMDB's.
  public var output: String
  /// Where the images are.
  public var images = ImageLocation()
  /// Whose poses are packed.
  public var profile: PoseProfile
  /// How training data are laid out.
  public var packing: PackingSettings
  /// How the run goes about its work.
  public var settings = RunSettings()
  /// Which part of the whole is done; nil for all of it.
  public var part: PartSettings?

  /// - Parameters:
  ///   - input: the records.
  ///   - output: the outputs' path without suffixes, or the LMDB's.
  ///   - profile: whose poses are packed.
  ///   - packing: how training data are laid out.
  public init(
    _ input: String, output: String, profile: PoseProfile, packing: PackingSettings
  ) {
    (self.input, self.output, self.profile, self.packing) = (input, output, profile, packing)
  }

  public func perform(_ context: RunContext) throws -> RunOutcome {
    try Packing.perform(
      to: output.withoutSuffix(".lmdb"), part: part, context,
      inputs: [input] + packing.sources + images.paths, packing
    ) { prefix in
      // Before its digest is taken: what it is decides whether there is one.
      _ = try RecordFile(path: input)
      var run = Packing(
        command: "pack", prefix: prefix, images: try images.required(or: nil),
        imagePaths: images.paths, profile: profile, packing: packing, settings: settings
      ) { try RecordFile(path: input) }
      (run.inputs, run.part) = ([input], part)
      run.part?.inputs = [input]
      return run
    }
  }
}

extension Packing {
  /// Makes all of the outputs, or a part of them unless it is there already.
  ///
  /// - Parameters:
  ///   - output: the path without suffixes of what all parts make.
  ///   - part: which of them is made; nil for all.
  ///   - inputs: what is read, beside the tables of meshes.
  ///   - make: gives what is done, by the path of the part's own files; called once the outputs are checked.
  fileprivate static func perform(
    to output: String, part: PartSettings?, _ context: RunContext, inputs: [String],
    _ packing: PackingSettings, writesRecords: Bool = false, writesLists: Bool = false,
    _ make: (_ prefix: String) throws -> Packing
  ) throws -> RunOutcome {
    let prefix = output + (part?.number.suffix ?? "")
    if try part?.isDone(prefix, say: context.say) == true { return .done }
    let outputs = try outputs(
      prefix: prefix, inputs: inputs + [packing.meshTables].compactMap { $0 }, settings: packing,
      writesRecords: writesRecords, writesLists: writesLists, part: part)
    return try make(prefix).perform(context, outputs)
  }
}

extension InferencePlan {
  /// As a manifest has it.
  fileprivate var json: JSONValue {
    .object([
      // Its nearest decimal, as it was typed.
      ("threshold", .double(Double("\(search.threshold)") ?? 0)),
      ("size", .integer(search.size)), ("small_faces", .text(search.smallFaces.rawValue)),
      ("landmarker", .text(models.landmarks.rawValue)),
      ("landmarks", .text(keptLandmarks.rawValue)),
    ])
  }
}
