internal import ArgumentParser
internal import Datasets
internal import Runs

struct Validate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract:
      "Let the reference networks check annotations: find mirrored, shifted or missing ones.",
    discussion: """
      Finds faces as infer does and compares them with the annotated ones: boxes by overlap, landmarks, \
      poses by angle. Where they disagree it tries what the numbers may mean instead, and names the \
      reading that fits: landmarks mirrored, x and y exchanged, corners read as sizes, poses of another \
      convention. Faces that are small, blurred, occluded or marked as invalid are no finding. One line a \
      finding on standard output; exit code 2 where there are any.

        sixdof validate labelled.jsonl --images WIDER_train/images
        sixdof validate train.lmdb --findings findings.json --faces faces.jsonl
      """)

  @Argument(help: "Records (.jsonl; '-' is standard input) or an .lmdb.") var input: String
  @OptionGroup(title: "Images") var images: ImageOptions
  @Option(
    name: [.long, .customLong("json")],
    help: ArgumentHelp("Write the findings as JSON too.", valueName: "file"))
  var findings: String?
  @Option(
    help: ArgumentHelp(
      "Write a line of JSON for each face, with overlap, landmark error and angle.",
      valueName: "file"))
  var faces: String?
  @OptionGroup(title: "Run") var runOptions: RunOptions

  func validate() throws {
    let isShard = InputKind(argument: input).isLMDB
    if isShard, !images.images.isEmpty {
      throw ValidationError("'--images' is for records; an LMDB has its images in it.")
    }
    if !isShard, images.images.isEmpty {
      throw ValidationError("Records name their images; '--images' says where these are.")
    }
  }

  func run() throws {
    try CommandRun.perform { context in
      var run = ValidationRun(input: input, settings: runOptions.settings)
      (run.images, run.json, run.faces) = (images.location, findings, faces)
      return try run.perform(context)
    }
  }
}
