internal import ArgumentParser
internal import Checks
internal import Codecs
internal import Datasets
internal import Foundation
internal import Labelling
internal import Pipeline
internal import Reporting
internal import Schema
internal import Shards

struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Look for what is wrong with annotations: boxes, landmarks, poses, files.",
    discussion: """
      Reads records, an LMDB, or a dataset as distributed, and says for each check how often it found \
      something, with the first places. With --images image files are looked at too; --decode decodes them, \
      which finds damaged data, duplicates and near duplicates. Several files are taken as several splits: \
      photos, persons and pictures that are in two of them are found. \
      Findings that a project accepts are named in .sixdof-check.json, in the current folder or where \
      --config says. Exit code 2 where findings of --fail-on remain.

        sixdof check labelled.jsonl
        sixdof check train.jsonl val.jsonl --images photos --decode
        sixdof check labelled.jsonl --images WIDER_train/images --report report.html
        sixdof check train.lmdb --format sarif --output findings.sarif
        sixdof check 300w-lp --input 300W_LP.zip
        sixdof check labelled.jsonl --fix mended.jsonl
        sixdof check --list-checks
      """)

  @Argument(
    help: "Records (.jsonl; '-' is standard input) and LMDBs, one or more, or a dataset's name.")
  var inputs: [String] = []
  @OptionGroup(title: "A dataset as distributed") var annotations: AnnotationOptions
  @OptionGroup(title: "Images") var images: ImageOptions
  @OptionGroup(title: "Pixels") var pixels: CheckPixelOptions
  @OptionGroup(title: "Checks") var checks: CheckOptions
  @OptionGroup(title: "Output") var outputs: CheckOutputOptions
  @OptionGroup(title: "Run") var runOptions: RunOptions

  /// What `input` names.
  private enum Kind { case records, shard, dataset(Dataset), other(InputKind) }

  private func kind(of input: String) throws -> Kind {
    if let dataset = Dataset(rawValue: input) { return .dataset(dataset) }
    if let found = try? InputKind(path: input) {
      switch found {
      case .records, .empty: return .records
      case .shard: return .shard
      default: return .other(found)
      }
    }
    switch InputKind(name: input) {
    case .records: return .records
    case .shard: return .shard
    default: break
    }
    let names = Dataset.allCases.map(\.rawValue).joined(separator: ", ")
    throw ValidationError(
      "'\(input)' is no .jsonl, no .lmdb and no dataset (\(names)); name a dataset and give its folder by '--input'."
    )
  }

  func validate() throws {
    if outputs.listChecks { return }
    guard !inputs.isEmpty else {
      throw ValidationError("'check' needs records, an LMDB or a dataset, or '--list-checks'.")
    }
    let kinds = try inputs.map(kind)
    // The run says what it is and which command takes it.
    if kinds.contains(where: { if case .other = $0 { true } else { false } }) { return }
    if outputs.fix != nil {
      guard kinds.count == 1, case .records = kinds[0], inputs[0] != "-" else {
        throw ValidationError("'--fix' mends one file of records; convert others first.")
      }
      guard outputs.fix != inputs[0] else {
        throw ValidationError("'--fix' needs another file than the input.")
      }
    }
    if case .dataset(let dataset) = kinds[0] {
      try annotations.validate(for: dataset)
    } else {
      guard annotations.annotations.isEmpty, annotations.input == nil else {
        throw ValidationError(
          "'--annotations' and '--input' are for a dataset, which the argument names.")
      }
    }
    let files = kinds.filter { if case .records = $0 { true } else { false } }
    let datasets = kinds.count { if case .dataset = $0 { true } else { false } }
    guard datasets == 0 else {
      guard inputs.count == 1 else {
        throw ValidationError("A dataset is checked alone; several inputs are records or LMDBs.")
      }
      return
    }
    if files.isEmpty, images.images != nil {
      throw ValidationError("'--images' is for records; an LMDB has its images in it.")
    }
    if !files.isEmpty, images.images == nil, pixels.decode {
      throw ValidationError("'--decode' needs images: name their folder by '--images'.")
    }
  }

  func run() throws {
    try CommandRun.perform { command in
      if outputs.listChecks {
        print(CheckCatalogue.table, terminator: "")
        return Exit.done
      }
      let sets = try outputs.sets(inputs: readPaths)
      let settings = try checks.settings()
      let (opened, store, shards, sourceFindings) = try open()
      var source = opened
      let thresholds = settings.thresholds
      let model = FaceModel.bfmFivePoints.points
      let selection = try checks.selection(settings)
      let failOn = runOptions.ending.failOn
      for set in sets.all { try command.begin(set) }
      var files = try outputs.open(sets, settings, severity: failOn)
      if let report = sets.report { files.append(try page(report, selection, store)) }
      let fixing = try sets.fix.map {
        try FixedRecords(of: inputs[0], path: outputs.fix ?? "", in: $0, thresholds)
      }
      if let fixing { files.append(fixing) }
      var run = CheckRun(
        images: store, limit: images.pixelLimit, decodes: pixels.decode,
        holdsImages: !shards.isEmpty,
        checker: RecordChecker(thresholds: thresholds, faceModel: model),
        selection: selection, options: runOptions, stop: command.stop,
        strictSeverity: min(failOn, .warning),
        datasetChecks: try datasetChecks(thresholds, shards, sourceFindings),
        consumers: files)
      let summary = try run.run(&source, examples: outputs.examples)
      if let other = store?.otherRoot { say("images    \(other)") }
      for (number, entry) in run.selection.acceptance.unused {
        say("settings: accept entry \(number), '\(entry.check)': expected a finding, found none")
      }
      for file in files { try file.finish(summary) }
      try command.stop.check()
      for set in sets.all { try set.publish() }
      if let fixing { say(fixing.words) }
      return summary.worst.map { $0 >= failOn } == true ? Exit.findings : Exit.done
    }
  }

  /// All that is read: where a dataset is checked, its name is no path.
  private var readPaths: [String] {
    inputs.filter { Dataset(rawValue: $0) == nil } + annotations.paths
      + [images.images, checks.config].compactMap { $0 }
  }

  /// What `--report` asks for.
  private func page(
    _ report: OutputSet, _ selection: CheckSelection, _ store: ImageStore?
  ) throws -> CheckPage {
    // Names without folders, so that the page does not depend on where a dataset lies.
    let files = (annotations.annotations + [annotations.input, images.images].compactMap { $0 })
      .map { SourceLocation.fileName(of: $0) }
    let title = inputs.map { $0 == "-" ? "standard input" : SourceLocation.fileName(of: $0) }
      .joined(separator: ", ")
    let facts: [(String, String?)] = [
      ("Files", files.isEmpty ? nil : files.joined(separator: ", ")), ("Only", checks.only),
      ("Ignored", checks.ignore), ("Settings", checks.config.map(SourceLocation.fileName(of:))),
    ]
    return try CheckPage(
      report.mainFile(), title: title,
      facts: facts.compactMap { name, value in value.map { CheckReport.Fact(name, $0) } },
      checks: CheckCatalogue.all.filter(selection.includes),
      pictures: FacePictures(images: store, limit: images.pixelLimit))
  }

  /// Add a check of the whole dataset here.
  private func datasetChecks(
    _ thresholds: CheckThresholds, _ shards: [ShardExamination], _ sourceFindings: [Finding]
  ) throws -> [any DatasetCheck] {
    [
      ResidualOutliers(thresholds: thresholds), IntegerLandmarks(thresholds: thresholds),
      YawBalance(thresholds: thresholds),
      try CrossRecordCheck(
        inputs: inputs.map(SourceLocation.fileName), radius: pixels.duplicateDistance),
      ShardFindings(shards), SourceFindings(sourceFindings),
    ]
  }

  private func open() throws -> (
    any AnnotationSource, ImageStore?, [ShardExamination], [Finding]
  ) {
    var sources: [any AnnotationSource] = []
    var shards: [ShardExamination] = []
    for input in inputs {
      switch try kind(of: input) {
      case .records: sources.append(try RecordFile(path: input))
      case .shard:
        let shard = try ShardExamination(path: input)
        shards.append(shard)
        sources.append(ExaminedShardSource(shard))
      case .other(let kind):
        var wrong = WrongInput.refusal(
          input, kind, expected: "records, an LMDB or a dataset's name")
        if kind == .tree, let dataset = try TreeContents(path: input).dataset {
          wrong.remedy =
            dataset == Dataset.widerFace.rawValue
            ? "sixdof check wider-face --annotations FILE --images \(input)"
            : "sixdof check \(dataset) --input \(input)"
        }
        throw wrong
      case .dataset(let dataset):
        var reading = ReadingOptions(dataset: dataset.rawValue)
        reading.split = annotations.split
        reading.native = .none
        var found: [Finding] = []
        let opened = try annotations.open(dataset, reading) { found = $0 }
        let store = try images.open(or: opened.tree, isRequired: pixels.decode)
        return (opened.source, store, [], found)
      }
    }
    return (JoinedSources(sources), try images.open(or: nil, isRequired: false), shards, [])
  }
}

/// What the source doctor found before the first record.
private struct SourceFindings: DatasetCheck {
  let findings: [Finding]

  init(_ findings: [Finding]) { self.findings = findings }

  mutating func add(_ record: ImageRecord, input: Int, image: ImageSummary?) {}

  mutating func finish() -> [DatasetFinding] { findings.map { DatasetFinding($0) } }
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
