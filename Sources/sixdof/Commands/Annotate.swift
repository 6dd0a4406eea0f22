internal import ArgumentParser
internal import Datasets
internal import Runs

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

  @Argument(
    help:
      "A folder, zip or tar of images, or of tars; @FILE for those that a file lists; '-' for a tar on standard input."
  )
  var input: String
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
    try label.camera.validateWithoutEstimate()
    try shards.validate(with: label.profile)
    try shards.validate(with: parts)
    if input == "-" {
      try parts.validate(output: output, input: input)
      guard !shards.resume else {
        throw ValidationError("'--resume' reads its input again, so it must be a file and not '-'.")
      }
    }
    guard !dataset.isEmpty else { throw ValidationError("'--dataset' cannot be empty.") }
  }

  func wholeInput(_ context: RunContext) throws -> (source: any AnnotationSource, files: [String]) {
    try PartOptions.refuseStream(input)
    let run = makeRun()
    return (try run.wholeSource(), run.digestedFiles)
  }

  func run() throws {
    try CommandRun.perform { context in
      var run = makeRun()
      run.part = try parts.settings(isOverwriting: shards.overwriting.overwrite)
      return try run.perform(context)
    }
  }

  private func makeRun() -> AnnotationRun {
    var run = AnnotationRun(
      input, output: output, profile: label.profile.settings, packing: shards.settings,
      inference: search.plan
    ) { try label.packed(predictedBy: search.landmarker) }
    run.dataset = dataset
    (run.images, run.labellingFiles) = (imageSize.location, label.files)
    run.settings = runOptions.settings
    return run
  }
}
