internal import Checks
public import Codecs
public import Datasets
internal import Labelling
internal import Pipeline
internal import Reporting
internal import Schema
internal import Shards

/// Looks for what is wrong with annotations, and writes what it finds in all the forms that were asked for.
public struct CheckingRun: Job {
  /// What is checked.
  public enum Input: Sendable {
    /// A file of records, by its path.
    case records(String)
    /// An LMDB, by its path.
    case shard(String)
    /// Alone.
    case dataset(AnnotationInput)
    /// What cannot be checked; the run says what it is.
    case other(String, InputKind)
  }

  /// The form of the output.
  public enum Format: String, CaseIterable, Sendable { case text, json, sarif }

  /// Files to write; '-' is standard output.
  public struct Outputs: Sendable {
    /// The form of `output`.
    public var format = Format.text
    /// Where the answer goes.
    public var output = "-"
    /// Every finding as a line of JSON.
    public var findings: String?
    /// Settings that accept from now on what fails the run.
    public var accept: String?
    /// Why they are accepted.
    public var reason = ""
    /// The records with what is safely mended.
    public var fix: String?
    /// A page for a browser.
    public var report: String?
    /// The images with findings, for an annotation tool.
    public var task: Task?
    /// How many findings of a check the text shows.
    public var examples = 5

    /// The text, on standard output.
    public init() {}

    /// Images with findings in the form of an annotation tool.
    public struct Task: Sendable {
      /// One that takes remarks.
      public var form: ExportForm
      /// To be made.
      public var folder: String
      /// What is done where it exists.
      public var existing: OutputSet.Existing

      /// From its parts.
      public init(form: ExportForm, folder: String, existing: OutputSet.Existing) {
        (self.form, self.folder, self.existing) = (form, folder, existing)
      }
    }
  }

  /// Several are taken as several splits.
  public var inputs: [Input]
  /// Where the records' images are.
  public var images = ImageLocation()
  /// Whether pixels are decoded too.
  public var decodes = false
  /// In bits of 64, up to which pictures are near duplicates.
  public var duplicateDistance = CrossRecordCheck.defaultRadius
  /// Ids of checks; nil for all.
  public var only: [String]?
  /// Ids of checks that are left out.
  public var ignored: [String] = []
  /// nil for the usual file, where there is one.
  public var settingsFile: String?
  /// What is written.
  public var outputs = Outputs()
  /// Which part of the whole is done; nil for all of it.
  public var part: PartSettings?
  /// How the run goes about its work.
  public var settings: RunSettings

  /// All checks of these inputs.
  public init(_ inputs: [Input], settings: RunSettings) {
    (self.inputs, self.settings) = (inputs, settings)
  }

  public func perform(_ context: RunContext) throws -> RunOutcome {
    if let part { return try perform(part, context) }
    let sets = try CheckFiles(outputs, reading: readPaths)
    let own = try CheckSettings(settingsJSON(), of: settingsPath)
    let (opened, store, shards, sourceFindings) = try open()
    var source = opened
    let thresholds = own.thresholds
    let selection = CheckSelection(own, only: only, ignored: ignored)
    for set in sets.all { try context.begin(set) }
    var files = try sets.open(outputs, own, severity: settings.failOn)
    if let report = sets.report { files.append(try page(report, selection, store)) }
    let fixing = try sets.fix.map {
      try FixedRecords(of: name(0), path: outputs.fix ?? "", in: $0, thresholds)
    }
    if let fixing { files.append(fixing) }
    let task = try sets.task.flatMap { set in
      try outputs.task.map { try FindingTask($0, in: set, includesNotes: only != nil) }
    }
    if let task { files.append(task) }
    var run = CheckRun(
      images: store, limit: images.pixelLimit, decodes: decodes, holdsImages: !shards.isEmpty,
      checker: RecordChecker(
        thresholds: thresholds, faceModel: FaceModel.bfmFivePoints.points),
      findings: FindingSelection(
        selection: selection, summary: CheckSummary(examples: outputs.examples),
        strictSeverity: settings.isStrict ? min(settings.failOn, .warning) : nil,
        consumers: files),
      settings: settings, stop: context.stop,
      datasetChecks: try datasetChecks(thresholds, shards, sourceFindings))
    try run.run(&source)
    let summary = run.findings.summary
    if let other = store?.otherRoot { context.say("images    \(other)") }
    run.findings.tellUnused(context)
    for file in files { try file.finish(summary) }
    try context.stop.check()
    for set in sets.all { try set.publish() }
    if let fixing { context.say(fixing.words) }
    if let task { context.say(task.words) }
    return settings.outcome(worst: summary.worst)
  }

  /// As the user named it.
  func name(_ index: Int) -> String {
    switch inputs[index] {
    case .records(let path), .shard(let path), .other(let path, _): path
    case .dataset(let dataset): dataset.name
    }
  }

  /// All that is read: where a dataset is checked, its name is no path.
  var readPaths: [String] {
    inputs.indices.flatMap { i in
      if case .dataset(let dataset) = inputs[i] { dataset.paths } else { [name(i)] }
    } + images.paths + [settingsFile].compactMap { $0 }
  }

  /// The file of the settings; nil where there is none.
  var settingsPath: String? {
    settingsFile ?? (fileExists(CheckSettings.usualFile) ? CheckSettings.usualFile : nil)
  }

  /// What the file of the settings holds.
  func settingsJSON() throws -> JSONValue? {
    guard let path = settingsPath else { return nil }
    do {
      return try MappedFile(path: path).withBytes { try JSONParser.value(of: $0) }
    } catch let error as JSONError {
      throw RunFailure("\(SourceLocation.fileName(of: path)): \(error)")
    }
  }

  /// The browser's page.
  private func page(
    _ report: OutputSet, _ selection: CheckSelection, _ store: ImageStore?
  ) throws -> CheckPage {
    // Names without folders, so that the page does not depend on where a dataset lies.
    var files: [String] = []
    if case .dataset(let dataset) = inputs[0] {
      files = dataset.files + [dataset.tree].compactMap { $0 }
    }
    files = (files + images.paths).map { SourceLocation.fileName(of: $0) }
    let title = inputs.indices.map(name).map {
      $0 == "-" ? "standard input" : SourceLocation.fileName(of: $0)
    }.joined(separator: ", ")
    let facts: [(String, String?)] = [
      ("Files", files.isEmpty ? nil : files.joined(separator: ", ")),
      ("Only", only?.joined(separator: ",")),
      ("Ignored", ignored.isEmpty ? nil : ignored.joined(separator: ",")),
      ("Settings", settingsFile.map(SourceLocation.fileName(of:))),
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
    Self.partedChecks(thresholds) + [
      try CrossRecordCheck(inputs: inputNames, radius: duplicateDistance), ShardFindings(shards),
      SourceFindings(sourceFindings),
    ]
  }

  /// Those of them that are made of what parts have seen, beside `CrossRecordCheck`.
  static func partedChecks(_ thresholds: CheckThresholds) -> [any PartedCheck] {
    [
      ResidualOutliers(thresholds: thresholds), IntegerLandmarks(thresholds: thresholds),
      YawBalance(thresholds: thresholds),
    ]
  }

  /// The inputs' names in messages.
  var inputNames: [String] { inputs.indices.map(name).map(SourceLocation.fileName) }

  func open() throws -> (
    any AnnotationSource, ImageStore?, [ShardExamination], [Finding]
  ) {
    var sources: [any AnnotationSource] = []
    var shards: [ShardExamination] = []
    for input in inputs {
      switch input {
      case .records(let path): sources.append(try RecordFile(path: path))
      case .shard(let path):
        let shard = try ShardExamination(path: path)
        shards.append(shard)
        sources.append(ExaminedShardSource(shard))
      case .other(let path, let kind): throw try Self.refusal(path, kind)
      case .dataset(let dataset):
        var found: [Finding] = []
        let opened = try dataset.open(
          native: .none, images: images, needsImages: decodes, tell: { found = $0 })
        return (opened.source, opened.images, [], found)
      }
    }
    let source = sources.count == 1 ? sources[0] : JoinedSources(sources)
    return (source, try images.open(or: nil, isRequired: false), shards, [])
  }

  private static func refusal(_ path: String, _ kind: InputKind) throws -> WrongInput {
    var wrong = WrongInput.refusal(path, kind, expected: "records, an LMDB or a dataset's name")
    if kind == .tree, let dataset = try TreeContents(path: path).dataset {
      wrong.remedy =
        DatasetDescription.named(dataset)?.readTree == nil
        ? "sixdof check \(dataset) --annotations FILE --images \(path)"
        : "sixdof check \(dataset) --input \(path)"
    } else if kind == .tree, let tree = try? FileTree(path: path),
      let diagnosis = try? SourceDoctor.diagnosis(of: tree),
      (try? TreeRecognition(tree, diagnosis)) ?? nil != nil
    {
      wrong.remedy = "sixdof check auto --input \(path)"
    }
    return wrong
  }
}

/// What the source doctor found before the first record.
private struct SourceFindings: DatasetCheck {
  let findings: [Finding]

  init(_ findings: [Finding]) { self.findings = findings }

  mutating func add(_ record: ImageRecord, input: Int, image: ImageSummary?) {}

  mutating func finish(_ body: (DatasetFinding) throws -> Void) throws {
    for finding in findings { try body(DatasetFinding(finding)) }
  }
}
