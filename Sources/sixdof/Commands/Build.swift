internal import ArgumentParser
internal import Datasets
internal import Runs

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
    try label.camera.validateWithoutEstimate()
    try shards.validate(with: label.profile)
    try shards.validate(with: parts)
    try annotations.validate(for: dataset)
    if annotations.input == nil, images.images.isEmpty {
      throw ValidationError("'--images' needs the folder, zip or tar of images.")
    }
  }

  func wholeInput(_ context: RunContext) throws -> (source: any AnnotationSource, files: [String]) {
    let run = try makeRun()
    return (try run.wholeSource(context), run.digestedFiles)
  }

  func run() throws {
    try CommandRun.perform { context in
      var run = try makeRun()
      run.part = try parts.settings(isOverwriting: shards.overwriting.overwrite)
      return try run.perform(context)
    }
  }

  private func makeRun() throws -> BuildRun {
    var run = BuildRun(
      try annotations.input(of: dataset), output: output, profile: label.profile.settings,
      packing: shards.settings
    ) { try label.packed() }
    (run.images, run.labellingFiles) = (images.location, label.files)
    (run.writesRecords, run.settings) = (records, runOptions.settings)
    return run
  }
}
