internal import ArgumentParser
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
    try CommandRun.perform { context in
      var packing = shards.settings
      packing.sources = source
      var run = PackRun(input, output: output, profile: profile.settings, packing: packing)
      (run.images, run.settings) = (images.location, runOptions.settings)
      run.part = try parts.settings(isOverwriting: shards.overwriting.overwrite)
      return try run.perform(context)
    }
  }
}
