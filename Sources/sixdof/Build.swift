internal import ArgumentParser
internal import Codecs
internal import Datasets
internal import Schema
internal import Shards

struct Build: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "From a dataset to a training LMDB in one pass.",
    discussion: """
      Reads annotations and images, fits poses, and writes PREFIX.lmdb, PREFIX_pose_mean.npy, \
      PREFIX_pose_stddev.npy, PREFIX.hashes.npy, PREFIX.manifest.json, PREFIX.issues.jsonl and, with \
      --records, PREFIX.jsonl. img2pose trains on the result as it is; 'sixdof verify' proves that it is whole.

        sixdof build wider-face --images WIDER_train/images \\
          --annotations label.txt --output out/train
      """)

  @Argument(help: "Which dataset it is.") var dataset: Dataset
  @OptionGroup(title: "Input") var annotations: AnnotationOptions
  @OptionGroup(title: "Images") var images: ImageOptions
  @Option(name: .shortAndLong, help: "The outputs' path without suffixes.") var output: String
  @Flag(help: "Write the records too, as PREFIX.jsonl.") var records = false
  @OptionGroup var label: LabelOptions
  @OptionGroup(title: "Training data") var shards: ShardOptions
  @OptionGroup(title: "Run") var runOptions: RunOptions

  func validate() throws {
    try shards.validate(with: label.profile)
    try annotations.validate(for: dataset)
    if annotations.input == nil, images.images == nil {
      throw ValidationError("'--images' needs the folder, zip or tar of images.")
    }
  }

  func run() throws {
    var reading = ReadingOptions(dataset: dataset.rawValue)
    reading.split = annotations.split
    // The img2pose layout holds no source text.
    if !records, shards.layout == .img2pose { reading.native = .none }
    try CommandRun.perform { run in
      let outputs = try Packing.outputs(
        prefix: output, inputs: annotations.paths + [images.images].compactMap { $0 },
        options: shards, writesRecords: records)
      let input = try annotations.open(dataset, reading)
      var packing = Packing(
        command: "build \(dataset.rawValue)", reading: annotations.readingJSON, prefix: output,
        inputs: annotations.files, imagesPath: images.images ?? annotations.input ?? "",
        images: try images.required(or: input.tree),
        labelling: (try label.labelling(), try label.camera.load(), label.json),
        profile: label.profile, writesRecords: records, shardOptions: shards,
        runOptions: runOptions
      ) {
        input.source
      }
      packing.checks = true
      return try packing.perform(run, outputs)
    }
  }
}
