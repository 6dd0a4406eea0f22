internal import ArgumentParser
internal import Codecs
internal import Datasets
internal import Runs

struct Pack: PartedCommand {
  static let configuration = CommandConfiguration(
    abstract: "Write labelled records and their images to LMDB files.",
    discussion: """
      Writes train.lmdb and, beside it, train_pose_mean.npy, train_pose_stddev.npy, \
      train.hashes.npy, train.manifest.json and train.issues.jsonl.

        sixdof pack labelled.jsonl --images WIDER_train/images \\
          --output train.lmdb --shards 8
      """)

  @Argument(help: "The records, as label writes them.") var input: String
  @OptionGroup(title: "Images") var images: ImageOptions
  @Option(name: .shortAndLong, help: ArgumentHelp("The LMDB to write.", valueName: "file"))
  var output: String
  @Option(
    help:
      "The dataset that the records were converted from, for arrays over 4 KB that they only name. May be repeated."
  )
  var source: [String] = []
  @OptionGroup(title: "Poses") var profile: ProfileOptions
  @OptionGroup(title: "Training data") var shards: ShardOptions
  @OptionGroup(title: "Parts") var parts: PartOptions
  @OptionGroup(title: "Run") var runOptions: RunOptions

  func validate() throws {
    guard input != "-" else {
      throw ValidationError("'pack' reads its records twice, so they must be a file and not '-'.")
    }
    try shards.validate(with: profile)
    try shards.validate(with: parts)
    if images.images.isEmpty {
      throw ValidationError("'--images' needs the folder, zip or tar of images.")
    }
  }

  func wholeInput(_ context: RunContext) throws -> (source: any AnnotationSource, files: [String]) {
    (try RecordFile(path: input), [input])
  }

  func run() throws {
    let input = input
    try CommandRun.perform { context in
      var part = try parts.settings(isOverwriting: shards.overwriting.overwrite)
      part?.inputs = [input]
      let prefix = output.withoutSuffix(".lmdb") + (part?.number.suffix ?? "")
      if try part?.isDone(prefix, say: context.say) == true { return .done }
      let outputs = try Packing.outputs(
        prefix: prefix,
        inputs: [input] + source + images.images + [shards.meshTables].compactMap { $0 },
        settings: shards.settings, writesRecords: false, part: part)
      // Before its digest is taken: what it is decides whether there is one.
      _ = try RecordFile(path: input)
      var settings = shards.settings
      settings.sources = source
      var packing = Packing(
        command: "pack", prefix: prefix, images: try images.location.required(or: nil),
        imagePaths: images.images, profile: profile.settings, packing: settings,
        settings: runOptions.settings
      ) { try RecordFile(path: input) }
      (packing.inputs, packing.part) = ([input], part)
      return try packing.perform(context, outputs)
    }
  }
}
