internal import ArgumentParser
internal import Datasets
internal import Runs

struct Synth: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Make a dataset whose truth is known, in its own native forms.",
    discussion: """
      Renders faces in random poses and writes images, annotations in all forms that the dataset \
      travels in, and truth.jsonl with the true poses. The same options give the same bytes.

        sixdof synth wider-face --count 20 --output synthetic
        sixdof synth biwi --count 20 --output synthetic-biwi
      """)

  @Argument(help: "Which dataset to imitate.") var dataset: DatasetDescription
  @Option(help: "How many images.") var count: Int
  @Option(name: .shortAndLong, help: ArgumentHelp("The folder to write to.", valueName: "folder"))
  var output: String
  @Option(help: "Another seed makes another dataset.") var seed: UInt64 = 1
  @Option(help: "The split that file names tell: train, val or test.") var split: String = "train"
  @Option(
    help:
      "Image size as WIDTHxHEIGHT (default: 640x480; 300w-lp, aflw2000: 450x450; arkitface: 800x800)."
  )
  var size: ImageSize?
  @Option(help: "At most this many faces an image.") var maxFaces: Int = 4
  @Option(help: "Noise of the background in grey levels; more makes larger files.") var noise: Int =
    6
  @Option(help: "JPEG quality.") var quality: Int = 85
  @Option(
    help: ArgumentHelp(
      "arkitface: the folder of the dataset's tables uv_coords_std_202109.npy, triangles.npy and kpt_ind.npy, whose topology the meshes get; without it they get one of our own, of the same size.",
      valueName: "folder"))
  var meshTables: String?
  @Option(
    help: ArgumentHelp(
      "300w-lp: give each face a shape and an expression of its own, by the folder of 3DDFA's tables u_base, w_shp_base and w_exp_base (.txt or .npy); without it both are zero. There are then no mirrored copies, as the model is not symmetric.",
      valueName: "folder"))
  var landmarkTables: String?
  @OptionGroup var overwriting: OverwriteOptions
  @OptionGroup(title: "Run") var runOptions: RunOptions

  func validate() throws {
    try require("--size", size.map { min($0.width, $0.height) }, in: 64...16_384)
    try require("--size", size.map { max($0.width, $0.height) }, in: 64...16_384)
    try require("--count", count, in: 1...1_000_000)
    try require("--quality", quality, in: 1...100)
    try require("--noise", noise, in: 0...100)
    try require("--max-faces", maxFaces, in: 1...200)
    guard meshTables == nil || dataset.heeds.contains(.meshTables) else {
      throw ValidationError(
        "'--mesh-tables' is for \(DatasetDescription.names(heeding: .meshTables)), not for '\(dataset.name)'."
      )
    }
    guard landmarkTables == nil || dataset.heeds.contains(.landmarkTables) else {
      throw ValidationError(
        "'--landmark-tables' is for \(DatasetDescription.names(heeding: .landmarkTables)), not for '\(dataset.name)'."
      )
    }
    guard ["train", "val", "test"].contains(split) else {
      throw ValidationError("'--split' must be train, val or test, not '\(split)'.")
    }
  }

  func run() throws {
    try CommandRun.perform { context in
      var run = SynthesisRun(
        dataset: dataset, count: count, output: output, settings: runOptions.settings)
      run.existing = overwriting.existing
      (run.options.seed, run.options.split) = (seed, split)
      if let size { (run.options.width, run.options.height) = (size.width, size.height) }
      (run.options.maximumFaces, run.options.noise) = (maxFaces, noise)
      run.options.jpegQuality = quality
      run.meshTables = meshTables
      run.landmarkTables = landmarkTables
      return try run.perform(context)
    }
  }
}
