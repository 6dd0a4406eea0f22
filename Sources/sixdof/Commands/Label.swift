internal import ArgumentParser
internal import Codecs
internal import Datasets
internal import Labelling
internal import Runs

struct Label: PartedCommand {
  static let configuration = CommandConfiguration(
    abstract: "Fit a mean face to each face's landmarks: pose, uncertainty and quality of fit.",
    discussion: """
      Fits in the image's camera by least squares; annotated poses stay. Records need the image's size, so \
      convert with --images first. Labelled records can be labelled again, in another camera, by another \
      solver or with another face model, without their images.

        sixdof label records.jsonl --output labelled.jsonl
        sixdof label labelled.jsonl --relabel --fov 60 --output wide.jsonl
      """)

  @Argument(help: "The records; '-' is standard input.") var input: String
  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("The records to write; '-' is standard output.", valueName: "file"))
  var output: String
  @Flag(
    help:
      "Fit all faces anew in the named camera, also where the dataset has poses or a camera of its own."
  )
  var relabel = false
  @Flag(
    help:
      "Keep the rotation of annotated poses and fit their translation to the landmarks, so that the two agree."
  )
  var fitTranslation = false
  @OptionGroup var label: LabelOptions
  @OptionGroup var angles: EulerOptions
  @OptionGroup(title: "Parts") var parts: PartOptions
  @OptionGroup(title: "Run") var runOptions: RunOptions

  func validate() throws {
    try parts.validate(output: output, input: input)
    try label.camera.validateWithoutPhotos()
    if label.camera.camera == .estimate, input == "-" {
      throw ValidationError(
        "'--camera estimate' reads its records twice, so they must be a file and not '-'.")
    }
    if relabel, fitTranslation {
      throw ValidationError("'--relabel' replaces the rotations that '--fit-translation' keeps.")
    }
  }

  func wholeInput(_ context: RunContext) throws -> (source: any AnnotationSource, files: [String]) {
    (try RecordFile(path: input), [input] + label.files)
  }

  func run() throws {
    let input = input
    try CommandRun.perform { context in
      var conversion = RecordConversion(
        output: output, inputs: [input], settings: runOptions.settings
      ) {
        var plan = PreparationPlan()
        plan.labelling = try label.labelling()
        plan.labelling?.replacesPoses = relabel
        plan.labelling?.fitsTranslations = fitTranslation
        plan.camera = try label.camera.load()
        if let options = plan.labelling, label.camera.camera == .estimate {
          plan.camera = try CameraSurvey(input, options, settings: runOptions.settings)
            .cameras(context)
        }
        plan.sideChecker = CheckDigest.checker
        plan.frames = label.profile.frames.conversion
        plan.eulerConventions = angles.euler
        return (plan, try RecordFile(path: input))
      }
      conversion.part = try parts.settings()
      conversion.part?.inputs = [input] + label.files
      return try conversion.perform(context)
    }
  }
}
