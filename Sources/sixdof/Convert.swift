internal import ArgumentParser
internal import Codecs
internal import Datasets

struct Convert: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Read a dataset's annotations and write one record a line.",
    discussion: """
      With --images the records hold each image's size and camera, which label needs; images are not \
      decoded. Issues go to OUTPUT.issues.jsonl, or to standard error where the output is '-'.

        sixdof convert wider-face --annotations wider_face_val.mat --output val.jsonl
      """)

  @Argument(help: "Which dataset it is.") var dataset: Dataset
  @OptionGroup(title: "Input") var annotations: AnnotationOptions
  @Option(help: "The folder, zip or tar that the annotations' image paths are relative to.")
  var images: String?
  @Option(help: "Refuse image files larger than this.") var maxImageBytes: Int = 256 << 20
  @Option(name: .shortAndLong, help: "The records to write; '-' is standard output.") var output:
    String
  @Option(help: "Whether records keep the source's own text: 'all' or 'none'.")
  var native: Native = .all
  @OptionGroup var angles: EulerOptions
  @OptionGroup(title: "Run") var runOptions: RunOptions

  enum Native: String, ExpressibleByArgument, CaseIterable { case all, none }

  func run() throws {
    var reading = ReadingOptions(dataset: dataset.rawValue)
    reading.split = annotations.split
    reading.keepsNative = native == .all
    let paths = annotations.annotations
    try RecordConversion(output: output, options: runOptions) {
      var plan = PreparationPlan()
      plan.images = try images.map { try ImageStore(path: $0, maximumBytes: maxImageBytes) }
      plan.eulerConventions = angles.euler
      return (plan, try WiderFace.annotations(at: paths, options: reading))
    }.run()
  }
}
