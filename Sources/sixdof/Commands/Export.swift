public import ArgumentParser
internal import Codecs
public import Datasets
internal import Foundation
internal import Pipeline
internal import Runs
internal import Schema

struct Export: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Write records in a dataset's native form.",
    discussion: """
      What the form cannot hold is named, and written only with --allow-lossy. Source text and arrays that \
      records kept are given back as they were where they still say what the records say.

        sixdof export labelled.jsonl --format retinaface --output label
      """)

  @Argument(help: "The records; a file, since they are read twice, or '-' with --allow-lossy.")
  var input: String
  @Option(help: "The form to write.") var format: ExportForm
  @OptionGroup(title: "Images") var images: ImageOptions
  @Option(
    help:
      "The dataset that the records were converted from, for arrays over 4 KB that they only name.")
  var source: String?
  @Option(name: .shortAndLong, help: "The folder to make.") var output: String
  @Flag(help: "Write also where the form cannot hold all that the records do.") var allowLossy =
    false
  @OptionGroup(title: "Form") var formOptions: ExportFormOptions
  @OptionGroup var overwriting: OverwriteOptions
  @OptionGroup(title: "Run") var runOptions: RunOptions

  func validate() throws {
    if input == "-", !allowLossy {
      throw ValidationError(
        "'export' looks first for what would be lost, so it needs a file, or '--allow-lossy'.")
    }
    try formOptions.validate(for: format)
  }

  func run() throws {
    try CommandRun.perform { context in
      var run = ExportRun(
        input: input, format: format, output: output, settings: runOptions.settings)
      run.images = images.location
      (run.source, run.allowsLosses) = (source, allowLossy)
      run.options = formOptions.options
      run.existing = overwriting.existing
      return try run.perform(context)
    }
  }
}

extension ExportForm: ExpressibleByArgument {
  public init?(argument: String) {
    guard let form = Self.named(argument) else { return nil }
    self = form
  }

  public static var allValueStrings: [String] { all.map(\.name) }
}
