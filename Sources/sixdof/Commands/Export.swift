internal import ArgumentParser
public import Datasets
internal import Runs
internal import Schema

struct Export: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Write records in a dataset's native form.",
    discussion: """
      What the form cannot hold is named, and written only with --allow-lossy. Source text and arrays that \
      records kept are given back as they were where they still say what the records say.

        sixdof export records.jsonl --format retinaface --output label
        sixdof export arkitface.jsonl biwi.jsonl --format trg --images ARKitFace \\
          --images BIWI --source ARKitFace --source BIWI --mesh-tables TABLES \\
          --output dataset
      """)

  @Argument(
    help:
      "The records; files, since they are read again where something would be lost, or '-' with --allow-lossy."
  )
  var inputs: [String]
  @Option(help: "The form to write.") var format: ExportForm
  @Option(
    help:
      "The folder, zip or tar that the records' image paths are relative to: one for all inputs, or one for each, in their order."
  )
  var images: [String] = []
  @OptionGroup(title: "Images") var imageSize: ImageSizeOptions
  @Option(
    help:
      "A dataset that records were converted from, for arrays over 4 KB and meshes that they only name; one for each dataset."
  )
  var source: [String] = []
  @Option(name: .shortAndLong, help: ArgumentHelp("The folder to make.", valueName: "folder"))
  var output: String
  @Flag(help: "Write also where the form cannot hold all that the records do.") var allowLossy =
    false
  @OptionGroup(title: "Form") var formOptions: ExportFormOptions
  @OptionGroup var overwriting: OverwriteOptions
  @OptionGroup(title: "Run") var runOptions: RunOptions

  func validate() throws {
    if inputs.contains("-"), !allowLossy {
      throw ValidationError(
        "'export' reads again where something would be lost, so it needs a file, or '--allow-lossy'."
      )
    }
    guard images.count < 2 || images.count == inputs.count else {
      throw ValidationError(
        "'--images' must be given once, or once for each of the \(inputs.count) inputs, not \(images.count) times."
      )
    }
    try formOptions.validate(for: format)
  }

  func run() throws {
    try CommandRun.perform { context in
      var run = ExportRun(
        inputs: inputs, format: format, output: output, settings: runOptions.settings)
      (run.imagePaths, run.sources) = (images, source)
      (run.imageLimits, run.allowsLosses) = (imageSize.location, allowLossy)
      run.options = formOptions.options
      run.existing = overwriting.existing
      return try run.perform(context)
    }
  }
}

extension ExportForm: NamedArgument {
  public init?(argument: String) {
    guard let form = Self.named(argument) else { return nil }
    self = form
  }

  public static var allValueStrings: [String] { all.map(\.name) }
}
