public import ArgumentParser
public import Datasets
internal import Geometry
public import Runs

extension RecordComparison.Field: ExpressibleByArgument {}

struct Diff: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Compare two files of records in meaning.",
    discussion: """
      Images are matched by path, faces by how far their boxes overlap. Prints each image and face that \
      only one file has or that changed, with the fields that did, and a summary. Exits with 0 where the \
      files say the same, with 2 where they do not. Takes about 250 bytes of memory an image.

        sixdof diff old.jsonl new.jsonl
        sixdof diff truth.jsonl fitted.jsonl --fields rotation translation --degrees 5
      """)

  enum Faces: String, ExpressibleByArgument, CaseIterable { case overlap, index }

  @Argument(help: "A file of records; '-' is standard input.") var first: String
  @Argument(help: "Another one.") var second: String
  @Option(help: "What tells that two records are of the same image.") var images: DiffRun.Images =
    .path
  @Option(help: "What tells that two faces are the same: boxes, or the place in the list.")
  var faces: Faces = .overlap
  @Option(help: "Faces whose boxes' intersection over union is less are not the same.")
  var iou: Double = 0.5
  @Option(
    parsing: .upToNextOption,
    help:
      "What is compared, separated by commas or blanks (default: all but source and native).")
  var fields: [Fields] = []
  @Option(help: "Differences up to this many pixels are none.") var pixels: Double = 1e-6
  @Option(help: "The same of rotations, in degrees.") var degrees: Double = 1e-6
  @Option(help: "The same of translations, in metres.") var metres: Double = 1e-6
  @Option(help: "Print at most this many images; all are counted.") var limit: Int = 100
  @OptionGroup var form: PrintedForm
  @OptionGroup(title: "Run") var runOptions: RunOptions

  func validate() throws {
    guard iou > 0, iou <= 1 else {
      throw ValidationError("'--iou' must be over 0 and at most 1, not \(iou).")
    }
    for (name, value) in [("pixels", pixels), ("degrees", degrees), ("metres", metres)] {
      guard value >= 0, PlausibleRange.coordinate.contains(value) else {
        throw ValidationError("'--\(name)' must be at least 0 and under 1e9, not \(value).")
      }
    }
    guard limit >= 0 else { throw ValidationError("'--limit' must be at least 0, not \(limit).") }
    guard first != "-" || second != "-" else {
      throw ValidationError("Standard input can be one of the two files only.")
    }
  }

  func run() throws {
    try CommandRun.perform { context in
      let comparison = RecordComparison(
        matching: faces == .index ? .index : .overlap(atLeast: iou),
        fields: fields.isEmpty
          ? RecordComparison.Field.usual : RecordComparison.Field.withParts(fields.flatMap(\.all)),
        pixels: pixels, degrees: degrees, metres: metres)
      return try DiffRun(
        first: first, second: second, images: images, comparison: comparison, limit: limit,
        json: form.isJSON, settings: runOptions.settings
      ).perform(context)
    }
  }
}

extension DiffRun.Images: ExpressibleByArgument {}

/// Fields separated by commas or blanks.
struct Fields: ExpressibleByArgument {
  let all: [RecordComparison.Field]

  init?(argument: String) {
    // Nothing between two commas is a slip; blanks may be several.
    let parts = argument.split(separator: ",", omittingEmptySubsequences: false)
      .map { $0.split(whereSeparator: \.isWhitespace) }
    let words = parts.joined()
    all = words.compactMap { RecordComparison.Field(rawValue: String($0)) }
    guard all.count == words.count, !parts.contains(where: \.isEmpty) else { return nil }
  }

  static var allValueStrings: [String] { RecordComparison.Field.allCases.map(\.rawValue) }
}
