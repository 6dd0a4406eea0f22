internal import ArgumentParser
internal import Codecs
internal import Datasets
internal import Inference
internal import Runs
internal import Schema

struct Annotate: PartedCommand {
  static let configuration = CommandConfiguration(
    abstract: "From a folder of photos without annotations to a training LMDB in one pass.",
    discussion: """
      Finds faces as infer does and writes what build writes: PREFIX.lmdb, PREFIX_pose_mean.npy, \
      PREFIX_pose_stddev.npy, PREFIX.hashes.npy, PREFIX.manifest.json, PREFIX.issues.jsonl; with it \
      PREFIX.jsonl, the records, \
      and PREFIX_img2pose/, img2pose's own list of JSON files. Look over the records before training on \
      them: nobody has annotated them.

        sixdof annotate photos/ --output out/photos
      """)

  @Argument(help: "A folder, zip or tar of images.") var input: String
  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("The outputs' path without suffixes.", valueName: "prefix")) var output:
    String
  @Option(help: "The records' dataset.") var dataset = "photos"
  @OptionGroup var imageSize: ImageSizeOptions
  @OptionGroup(title: "Faces") var search: FaceSearchOptions
  @OptionGroup var label: LabelOptions
  @OptionGroup(title: "Training data") var shards: ShardOptions
  @OptionGroup(title: "Parts") var parts: PartOptions
  @OptionGroup(title: "Run") var runOptions: RunOptions

  func validate() throws {
    try shards.validate(with: label.profile)
    try shards.validate(with: parts)
    guard !dataset.isEmpty else { throw ValidationError("'--dataset' cannot be empty.") }
  }

  func wholeInput(_ context: RunContext) throws -> (source: any AnnotationSource, files: [String]) {
    try WrongInput.requireTree(input, expected: "a folder or archive of images")
    return (try PhotoSource(try FileTree(path: input), dataset: dataset), label.files)
  }

  func run() throws {
    try CommandRun.perform { context in
      var part = try parts.settings(isOverwriting: shards.overwriting.overwrite)
      let prefix = output + (part?.number.suffix ?? "")
      if try part?.isDone(prefix, say: context.say) == true { return .done }
      let outputs = try Packing.outputs(
        prefix: prefix, inputs: [input], settings: shards.settings, writesRecords: true,
        writesLists: true, part: part)
      try WrongInput.requireTree(input, expected: "a folder or archive of images")
      let tree = try FileTree(path: input)
      let source = try PhotoSource(tree, dataset: dataset)
      var packing = Packing(
        command: "annotate", prefix: prefix,
        images: try tree.images(
          maximumBytes: imageSize.maxImageBytes, pixelLimit: imageSize.pixelLimit),
        imagePaths: [input], profile: label.profile.settings, packing: shards.settings,
        settings: runOptions.settings
      ) { source }
      (packing.labelling, packing.writesRecords) = (
        try label.packed(predictedBy: search.landmarker), true
      )
      part?.inputs = label.files
      packing.part = part
      packing.reading = [
        ("dataset", .text(dataset)),
        (
          "faces",
          .object([
            ("threshold", .double(Double("\(search.threshold)") ?? 0)),
            ("size", .integer(search.search.size)),
            ("small_faces", .text(search.search.smallFaces.rawValue)),
            ("landmarker", .text(search.landmarker.rawValue)),
            ("landmarks", .text(search.points.rawValue)),
          ])
        ),
      ]
      packing.inference = try search.plan()
      packing.writesLists = true
      return try packing.perform(context, outputs)
    }
  }
}
