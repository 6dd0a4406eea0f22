public import ArgumentParser
internal import Checks
internal import Codecs
internal import Datasets
public import Runs
public import Schema

extension Schema.Check.Severity: ExpressibleByArgument {}

/// Which checks run, and which findings count.
struct CheckOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("Run these checks alone, by id, separated by commas.", valueName: "ids"))
  var only: String?

  @Option(help: ArgumentHelp("Leave these checks out.", valueName: "ids"))
  var ignore: String?

  @Option(
    help: ArgumentHelp(
      "Accepted findings, ignored checks and thresholds (default: .sixdof-check.json where there is one).",
      valueName: "file"))
  var config: String?

  func validate() throws {
    for (name, list) in [("only", only), ("ignore", ignore)] {
      for id in Self.ids(list) ?? [] where CheckCatalogue.check(id: id) == nil {
        throw ValidationError(
          "'--\(name)': there is no check '\(id)'\(CheckCatalogue.suggestion(for: id)). '--list-checks' names all."
        )
      }
    }
  }

  static func ids(_ list: String?) -> [String]? {
    list?.split(separator: ",").map { $0.trimmed }
  }
}

/// Whether images are decoded, which takes a hundred times as long as looking at their headers and records; so
/// it has to be asked for.
struct CheckPixelOptions: ParsableArguments {
  @Flag(
    help:
      "Decode the images too, at 0.4 ms each for 450 x 450 pixels: finds damaged data, duplicates and near duplicates."
  )
  var decode = false

  @Option(
    help: ArgumentHelp(
      "Take pictures for near duplicates whose hashes differ in at most so many of 64 bits.",
      valueName: "bits"))
  var duplicateDistance: Int = CrossRecordCheck.defaultRadius

  func validate() throws {
    try require("--duplicate-distance", duplicateDistance, in: 0...CrossRecordCheck.greatestRadius)
  }
}

/// How findings are told.
struct CheckOutputOptions: ParsableArguments {
  @Option(help: "The form of the output.") var format: CheckingRun.Format = .text

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("Where to write it; '-' is standard output.", valueName: "file"))
  var output: String = "-"

  @Option(
    help: ArgumentHelp("Write every finding too, as a line of JSON.", valueName: "file"))
  var findings: String?

  @Option(
    help: ArgumentHelp(
      "Write settings that accept all findings of --fail-on from now on, beside what --config says.",
      valueName: "file"))
  var accept: String?

  @Option(help: "Why they are accepted, for --accept.") var reason: String = "as of --accept"

  @Option(
    help: ArgumentHelp(
      "Write the records with what is safely mended: boxes clipped to the image, exact repetitions dropped, exchanged sides of landmarks, landmarks outside the image marked as occluded. Each change is a line of NAME.fixes.jsonl.",
      valueName: "records"))
  var fix: String?

  @Option(
    help: ArgumentHelp(
      "Write a page for a browser too: findings with pictures, distributions, the worst fits.",
      valueName: "file"))
  var report: String?

  @Option(
    help: ArgumentHelp(
      "Write the images with warnings and errors, or with what --only names, as a task for an annotation tool, with the findings as labels of faces and images: \(Self.forms).",
      valueName: "form"))
  var export: ExportForm?

  @Option(help: ArgumentHelp("The folder to make for --export.", valueName: "folder"))
  var exportOutput: String?

  @OptionGroup var overwriting: OverwriteOptions

  private static let forms = ExportForm.all.filter(\.takesRemarks).map(\.name)
    .joined(separator: ", ")

  @Option(help: "How many findings of a check the text shows.") var examples: Int = 5

  @Flag(help: "Name all checks with severity, title and limit.") var listChecks = false

  func validate() throws {
    try require("--examples", examples, in: 0...1_000_000)
    guard !reason.isEmpty else { throw ValidationError("'--reason' cannot be empty.") }
    guard (export == nil) == (exportOutput == nil) else {
      throw ValidationError("'--export' names a form and '--export-output' its folder; give both.")
    }
    if let export, !export.takesRemarks {
      throw ValidationError(
        "'--export' writes forms that can carry findings (\(Self.forms)), not '\(export.name)'.")
    }
    guard fix != "-" else { throw ValidationError("'--fix' needs a file; '-' is no name for two.") }
  }

  var files: CheckingRun.Outputs {
    var files = CheckingRun.Outputs()
    (files.format, files.output, files.findings) = (format, output, findings)
    (files.accept, files.reason, files.fix) = (accept, reason, fix)
    (files.report, files.examples) = (report, examples)
    if let export, let exportOutput {
      files.task = .init(form: export, folder: exportOutput, existing: overwriting.existing)
    }
    return files
  }
}

extension CheckingRun.Format: ExpressibleByArgument {}
