internal import ArgumentParser
internal import Checks
internal import Codecs
internal import Datasets
internal import Foundation
internal import Labelling
internal import Reporting
internal import Schema
internal import Shards

struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Look for what is wrong with annotations: boxes, landmarks, poses, files.",
    discussion: """
      Reads records, an LMDB, or a dataset as distributed, and says for each check how often it found \
      something, with the first places. With --images image files are looked at too, without being decoded. \
      Findings that a project accepts are named in .sixdof-check.json, in the current folder or where \
      --config says. Exit code 2 where findings of --fail-on remain.

        sixdof check labelled.jsonl
        sixdof check labelled.jsonl --images WIDER_train/images --report report.html
        sixdof check train.lmdb --format sarif --output findings.sarif
        sixdof check 300w-lp --input 300W_LP.zip
        sixdof check --list-checks
      """)

  @Argument(help: "Records (.jsonl; '-' is standard input), an .lmdb, or a dataset's name.")
  var input: String?
  @OptionGroup(title: "A dataset as distributed") var annotations: AnnotationOptions
  @OptionGroup(title: "Images") var images: ImageOptions
  @OptionGroup(title: "Checks") var checks: CheckOptions
  @OptionGroup(title: "Output") var outputs: CheckOutputOptions
  @OptionGroup(title: "Run") var runOptions: RunOptions

  /// What `input` names.
  private enum Kind { case records, shard, dataset(Dataset) }

  private func kind(of input: String) throws -> Kind {
    if input == "-" || input.hasSuffix(".jsonl") { return .records }
    if input.hasSuffix(".lmdb") { return .shard }
    if let dataset = Dataset(rawValue: input) { return .dataset(dataset) }
    let names = Dataset.allCases.map(\.rawValue).joined(separator: ", ")
    throw ValidationError(
      "'\(input)' is no .jsonl, no .lmdb and no dataset (\(names)); name a dataset and give its folder by '--input'."
    )
  }

  func validate() throws {
    if outputs.listChecks { return }
    guard let input else {
      throw ValidationError("'check' needs records, an LMDB or a dataset, or '--list-checks'.")
    }
    switch try kind(of: input) {
    case .dataset(let dataset): try annotations.validate(for: dataset)
    case .shard where images.images != nil:
      throw ValidationError("'--images' is for records; an LMDB has its images in it.")
    case .records, .shard:
      guard annotations.annotations.isEmpty, annotations.input == nil else {
        throw ValidationError(
          "'--annotations' and '--input' are for a dataset, which the argument names.")
      }
    }
  }

  func run() throws {
    if outputs.listChecks {
      print(CheckCatalogue.table, terminator: "")
      return
    }
    let interruptible = Interruptible()
    var files: [any CheckOutput] = []
    defer { for file in files { file.discard() } }
    try reportingFailures {
      let settings = try checks.settings()
      var (source, store) = try open()
      let thresholds = settings.thresholds
      let model = FaceModel.bfmFivePoints.points
      let selection = try checks.selection(settings)
      files = try outputs.open()
      if let page = try page(selection, store) { files.append(page) }
      var run = CheckRun(
        images: store, checker: RecordChecker(thresholds: thresholds, faceModel: model),
        selection: selection, options: runOptions, stop: interruptible.stop,
        strictSeverity: checks.failOn, datasetChecks: Self.datasetChecks(thresholds),
        consumers: files)
      store = nil
      let summary = try run.run(&source, examples: outputs.examples)
      for (number, entry) in run.selection.acceptance.unused {
        say("settings: accept entry \(number), '\(entry.check)': expected a finding, found none")
      }
      for file in files { try file.finish(summary) }
      files = []
      return (summary.worst ?? .note) >= checks.failOn && summary.worst != nil
        ? Exit.findings : Exit.done
    }
  }

  /// What `--report` asks for.
  private func page(_ selection: CheckSelection, _ store: ImageStore?) throws -> CheckPage? {
    guard let path = outputs.report, let input else { return nil }
    let kind = try kind(of: input)
    let pictures: FacePictures.Source =
      if case .shard = kind { .shard(try ShardReader(path: input)) } else {
        store.map { .images($0) } ?? .none
      }
    // Names without folders, so that the page does not depend on where a dataset lies.
    let files = (annotations.annotations + [annotations.input, images.images].compactMap { $0 })
      .map { SourceLocation.fileName(of: $0) }
    let title = input == "-" ? "standard input" : SourceLocation.fileName(of: input)
    let facts: [(String, String?)] = [
      ("Files", files.isEmpty ? nil : files.joined(separator: ", ")), ("Only", checks.only),
      ("Ignored", checks.ignore), ("Settings", checks.config.map(SourceLocation.fileName(of:))),
    ]
    return try CheckPage(
      path: path, title: title,
      facts: facts.compactMap { name, value in value.map { CheckReport.Fact(name, $0) } },
      checks: CheckCatalogue.all.filter(selection.includes), pictures: FacePictures(pictures))
  }

  /// Add a check of the whole dataset here.
  private static func datasetChecks(_ thresholds: CheckThresholds) -> [any DatasetCheck] {
    [
      ResidualOutliers(thresholds: thresholds), IntegerLandmarks(thresholds: thresholds),
      YawBalance(thresholds: thresholds),
    ]
  }

  private func open() throws -> (any AnnotationSource, ImageStore?) {
    let input = input ?? "-"
    switch try kind(of: input) {
    case .records: return (try RecordFile(path: input), try images.open(or: nil, isRequired: false))
    case .shard: return (try ShardSource(path: input, annotated: true), nil)
    case .dataset(let dataset):
      var reading = ReadingOptions(dataset: dataset.rawValue)
      reading.split = annotations.split
      reading.native = .none
      let opened = try annotations.open(dataset, reading)
      return (opened.source, try images.open(or: opened.tree, isRequired: false))
    }
  }
}

extension CheckCatalogue {
  /// What `--list-checks` prints: id, severity, title and limit of each.
  static var table: String {
    let width = all.map(\.id.count).max() ?? 0
    return all.map { check in
      let id = check.id.padding(toLength: width, withPad: " ", startingAt: 0)
      let severity = check.severity.rawValue.padding(toLength: 7, withPad: " ", startingAt: 0)
      let limit = check.threshold.map { " (\($0))" } ?? ""
      return "\(id)  \(severity)  \(check.title)\(limit)\n"
    }.joined()
  }
}
