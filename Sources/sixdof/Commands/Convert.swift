internal import ArgumentParser
internal import Codecs
internal import Datasets
internal import Runs

struct Convert: PartedCommand {
  static let configuration = CommandConfiguration(
    abstract: "Read a dataset's annotations and write one record a line.",
    discussion: """
      With --images the records hold each image's size and camera, which label needs; images are not \
      decoded. Issues go to OUTPUT.issues.jsonl, or to standard error where the output is '-'.

        sixdof convert wider-face --annotations wider_face_val.mat --output val.jsonl
      """)

  @Argument(help: DatasetChoice.help) var dataset: DatasetChoice
  @OptionGroup(title: "Input") var annotations: AnnotationOptions
  @OptionGroup(title: "Images") var images: ImageOptions
  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("The records to write; '-' is standard output.", valueName: "file"))
  var output: String
  @Option(
    help:
      "What records keep of the source's own text and arrays: all but arrays over 4 KB, for which the file is named (default), all, or none."
  )
  var native: ReadingOptions.Native = .standard
  @OptionGroup var angles: EulerOptions
  @OptionGroup(title: "Parts") var parts: PartOptions
  @OptionGroup(title: "Run") var runOptions: RunOptions

  func validate() throws {
    try annotations.validate(for: dataset)
    try parts.validate(output: output)
  }

  private func open(
    _ input: AnnotationInput, _ context: RunContext
  ) throws -> AnnotationInput.Opened {
    var input = input
    input.jobs = runOptions.settings.jobs
    return try input.open(
      native: native, images: images.location, tell: context.tell, say: context.say)
  }

  func wholeInput(_ context: RunContext) throws -> (source: any AnnotationSource, files: [String]) {
    let input = try annotations.input(of: dataset)
    return (try open(input, context).source, input.digestedFiles)
  }

  func run() throws {
    let input = try annotations.input(of: dataset)
    let read = input.paths + images.images
    try CommandRun.perform { context in
      var conversion = RecordConversion(
        output: output, inputs: read, settings: runOptions.settings
      ) {
        let opened = try open(input, context)
        var plan = PreparationPlan()
        plan.images = opened.images
        plan.eulerConventions = angles.euler
        plan.checker = CheckDigest.checker
        return (plan, opened.source)
      }
      conversion.part = try parts.settings()
      conversion.part?.inputs = input.digestedFiles
      return try conversion.perform(context)
    }
  }
}
