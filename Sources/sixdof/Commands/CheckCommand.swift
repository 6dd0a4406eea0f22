internal import ArgumentParser
internal import Checks
internal import Codecs
internal import Datasets
internal import Pipeline
internal import Reporting
internal import Runs
internal import Schema
internal import Shards

struct CheckCommand: PartedCommand {
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
        sixdof check labelled.jsonl --export cvat --export-output task
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
  @OptionGroup(title: "Parts") var parts: PartOptions
  @OptionGroup(title: "Run") var runOptions: RunOptions

  /// What `input` names.
  private enum Kind { case records, shard, dataset(DatasetChoice), other(InputKind) }

  private func kind(of input: String) throws -> Kind {
    if let dataset = DatasetChoice(argument: input) { return .dataset(dataset) }
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
    throw ValidationError(
      "'\(input)' is no .jsonl, no .lmdb and no dataset ('sixdof formats' lists them); name a dataset and give its folder by '--input'."
    )
  }

  func validate() throws {
    if outputs.listChecks { return }
    guard !inputs.isEmpty else {
      throw ValidationError("'check' needs records, an LMDB or a dataset, or '--list-checks'.")
    }
    if parts.part != nil {
      try parts.validate(output: outputs.output, input: inputs.first { $0 == "-" } ?? "")
      try refuseForParts()
    }
    guard outputs.export != nil || parts.part != nil || !outputs.overwriting.overwrite else {
      throw ValidationError("'--overwrite' is for the folder of '--export'; files are replaced.")
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
    if files.isEmpty, !images.images.isEmpty {
      throw ValidationError("'--images' is for records; an LMDB has its images in it.")
    }
    if !files.isEmpty, images.images.isEmpty, pixels.decode {
      throw ValidationError("'--decode' needs images: name their folder by '--images'.")
    }
  }

  /// What only the whole can give.
  private func refuseForParts() throws {
    for (name, isGiven) in [
      ("--findings", outputs.findings != nil), ("--accept", outputs.accept != nil),
      ("--fix", outputs.fix != nil), ("--report", outputs.report != nil),
      ("--export", outputs.export != nil),
    ] where isGiven {
      throw ValidationError(
        "'\(name)' is for a check of the whole; 'sixdof gather' writes all findings of parts.")
    }
  }

  func wholeInput(_ context: RunContext) throws -> (source: any AnnotationSource, files: [String]) {
    try refuseForParts()
    let run = try makeRun()
    return (try run.wholeSource(), run.digestedFiles)
  }

  func run() throws {
    try CommandRun.perform { context in
      if outputs.listChecks {
        context.print(CheckCatalogue.table)
        return .done
      }
      return try makeRun().perform(context)
    }
  }

  private func makeRun() throws -> CheckingRun {
    var run = CheckingRun(try inputs.map(checkInput), settings: runOptions.settings)
    (run.images, run.decodes) = (images.location, pixels.decode)
    run.duplicateDistance = pixels.duplicateDistance
    run.only = CheckOptions.ids(checks.only)
    run.ignored = CheckOptions.ids(checks.ignore) ?? []
    run.settingsFile = checks.config
    run.outputs = outputs.files
    var part = try parts.settings(isOverwriting: outputs.overwriting.overwrite)
    part?.inputs = run.digestedFiles
    run.part = part
    return run
  }

  private func checkInput(_ input: String) throws -> CheckingRun.Input {
    switch try kind(of: input) {
    case .records: .records(input)
    case .shard: .shard(input)
    case .dataset(let dataset): .dataset(try annotations.input(of: dataset))
    case .other(let kind): .other(input, kind)
    }
  }
}
