internal import ArgumentParser
internal import Codecs
internal import Datasets
internal import Runs
internal import Schema
internal import Shards

struct Build: PartedCommand {
  static let configuration = CommandConfiguration(
    abstract: "From a dataset to a training LMDB in one pass.",
    discussion: """
      Reads annotations and images, fits poses, and writes PREFIX.lmdb, PREFIX_pose_mean.npy, \
      PREFIX_pose_stddev.npy, PREFIX.hashes.npy, PREFIX.manifest.json, PREFIX.issues.jsonl and, with \
      --records, PREFIX.jsonl. img2pose trains on the result as it is; 'sixdof verify' proves that it is whole.

        sixdof build wider-face --images WIDER_train/images \\
          --annotations label.txt --output out/train
      """)

  @Argument(help: DatasetChoice.help) var dataset: DatasetChoice
  @OptionGroup(title: "Input") var annotations: AnnotationOptions
  @OptionGroup(title: "Images") var images: ImageOptions
  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("The outputs' path without suffixes.", valueName: "prefix")) var output:
    String
  @Flag(help: "Write the records too, as PREFIX.jsonl.") var records = false
  @OptionGroup var label: LabelOptions
  @OptionGroup(title: "Training data") var shards: ShardOptions
  @OptionGroup(title: "Parts") var parts: PartOptions
  @OptionGroup(title: "Run") var runOptions: RunOptions

  func validate() throws {
    try shards.validate(with: label.profile)
    try shards.validate(with: parts)
    try annotations.validate(for: dataset)
    if annotations.input == nil, images.images.isEmpty {
      throw ValidationError("'--images' needs the folder, zip or tar of images.")
    }
  }

  // The img2pose layout holds no source text.
  private var native: ReadingOptions.Native {
    !records && shards.layout == .img2pose ? .none : .standard
  }

  private func open(
    _ input: AnnotationInput, _ context: RunContext
  ) throws -> AnnotationInput.Opened {
    try input.open(
      native: native, images: images.location, needsImages: true, tell: context.tell,
      say: context.say)
  }

  func wholeInput(_ context: RunContext) throws -> (source: any AnnotationSource, files: [String]) {
    let input = try annotations.input(of: dataset)
    return (try open(input, context).source, input.files + label.files)
  }

  func run() throws {
    try CommandRun.perform { context in
      var part = try parts.settings(isOverwriting: shards.overwriting.overwrite)
      let prefix = output + (part?.number.suffix ?? "")
      if try part?.isDone(prefix, say: context.say) == true { return .done }
      let input = try annotations.input(of: dataset)
      let outputs = try Packing.outputs(
        prefix: prefix, inputs: input.paths + images.images + [shards.meshTables].compactMap { $0 },
        settings: shards.settings, writesRecords: records, part: part)
      let opened = try open(input, context)
      part?.inputs = input.files + label.files
      var settings = shards.settings
      settings.sources = [input.tree].compactMap { $0 }
      var packing = Packing(
        command: "build \(dataset.name)", prefix: prefix,
        images: opened.images,
        imagePaths: images.images.isEmpty ? [input.tree].compactMap { $0 } : images.images,
        profile: label.profile.settings,
        packing: settings, settings: runOptions.settings
      ) { opened.source }
      (packing.reading, packing.inputs, packing.part) = (input.readingJSON, input.files, part)
      (packing.labelling, packing.writesRecords) = (try label.packed(), records)
      packing.checks = true
      return try packing.perform(context, outputs)
    }
  }
}
