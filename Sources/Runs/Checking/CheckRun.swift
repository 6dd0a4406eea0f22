internal import Checks
internal import Codecs
internal import Datasets
internal import Pipeline
internal import Schema

/// Takes every record of a source through the checks.
///
///     source -> workers: image's header, checks of the record -> in input order: dataset-wide checks,
///     findings that the settings leave -> summary, files, consumers
///
/// To look at image files, extend `ImageInspector`; for what many records show, add a `DatasetCheck` to
/// `datasetChecks`; to be given every record with its findings, add a `CheckConsumer` to `consumers`.
struct CheckRun {
  /// nil where records alone are looked at.
  var images: ImageStore?
  /// Of images that the source itself holds.
  var limit: PixelLimit
  /// Whether pixels are decoded too.
  var decodes = false
  /// Whether the source gives images with the records, so that few are taken at a time.
  var holdsImages = false
  var checker: RecordChecker
  var findings: FindingSelection
  var settings: RunSettings
  var stop: StopFlag
  var datasetChecks: [any DatasetCheck]
  /// Whether others check the rest of the records, so that checks of the whole find nothing yet.
  var isPart = false

  /// Runs to the end of `source`.
  ///
  /// - Throws: `StrictStop`, `Interruption`, or what a file or the source throws.
  mutating func run(_ source: inout any AnnotationSource) throws {
    let (images, limit, checker, decodes) = (images, limit, checker, decodes)
    // As in `Preparation`: an image in flight holds an open file.
    let order = OrderedImages(
      settings: settings, stop: stop, batchSize: images == nil && !holdsImages ? 256 : 8)
    var (done, rejected) = (0, 0)
    try order.run(
      &source,
      makeWorker: { CheckWorker(images: images, limit: limit, decodes: decodes, checker: checker) },
      transform: { worker, outcome in worker.check(outcome) },
      sink: { image in
        done += 1
        if let record = image.record {
          findings.summary.add(record)
          for i in datasetChecks.indices {
            try datasetChecks[i].add(record, input: image.input, image: image.summary)
          }
        } else {
          rejected += 1
        }
        let selected = try image.findings.compactMap { try findings.select($0) }
        for consumer in findings.consumers { try consumer.take(image, selected) }
        return (done, rejected)
      })
    for i in datasetChecks.indices where !isPart || !(datasetChecks[i] is any PartedCheck) {
      try datasetChecks[i].finish { try findings.take($0) }
    }
  }
}

/// Counts findings, and gives those that were asked for to whoever writes them.
struct FindingSelection {
  var selection: CheckSelection
  var summary: CheckSummary
  /// The severity that stops the run; nil where none does.
  var strictSeverity: Schema.Check.Severity?
  var consumers: [any CheckConsumer]

  /// Counts a finding; nil where it was not asked for.
  mutating func select(_ finding: Finding) throws -> SelectedFinding? {
    guard selection.includes(finding.check) else { return nil }
    let isAccepted = selection.accepts(finding)
    if let strictSeverity, !isAccepted, finding.check.severity >= strictSeverity {
      throw StrictStop(finding: finding)
    }
    summary.add(finding, isAccepted: isAccepted)
    return SelectedFinding(finding: finding, isAccepted: isAccepted)
  }

  /// Takes what came without the image that it is about.
  mutating func take(_ found: DatasetFinding) throws {
    guard let selected = try select(found.finding) else { return }
    for consumer in consumers { try consumer.take(selected, of: found.record) }
  }
}

/// A finding that was asked for.
struct SelectedFinding {
  var finding: Finding
  /// Whether the settings accept it.
  var isAccepted: Bool
}

/// Is given everything that is looked at and found, in the input's order, on the caller's thread.
protocol CheckConsumer: AnyObject {
  /// Every image, with what was found in it.
  func take(_ image: CheckedImage, _ findings: [SelectedFinding]) throws
  /// What the dataset as a whole shows, after the last record, with the record that it names.
  func take(_ finding: SelectedFinding, of record: ImageRecord?) throws
}

/// One image after all that is looked for in it alone.
struct CheckedImage: Sendable {
  /// With what the image's header says; nil where it could not be read.
  var record: ImageRecord?
  var findings: [Finding]
  var summary: ImageSummary?
  /// Which of the inputs it is from.
  var input = 0
  /// The image file, where its source holds it.
  var held: [UInt8]?
}

/// Looks at one image on a worker thread.
struct CheckWorker {
  private let opening: ImageOpening
  private let checker: RecordChecker
  private var inspector: ImageInspector

  init(images: ImageStore?, limit: PixelLimit, decodes: Bool, checker: RecordChecker) {
    opening = ImageOpening(images: images, limit: limit)
    inspector = ImageInspector(decodes: decodes, limit: images?.pixelLimit ?? limit)
    self.checker = checker
  }

  mutating func check(_ outcome: Outcome) -> CheckedImage {
    guard var record = outcome.record else {
      return CheckedImage(findings: outcome.issues.map { Finding($0, in: nil) })
    }
    var issues = outcome.issues
    var summary: ImageSummary?
    var imageFindings: [Finding] = []
    if opening.images != nil || outcome.image != nil {
      switch opening.open(record, held: outcome.image) {
      case .success(let image):
        if let issue = opening.describe(image.header, in: &record) { issues.append(issue) }
        let seen = inspector.inspect(image, of: record)
        (summary, imageFindings) = (seen.summary, seen.findings)
      case .failure(let rejected): issues.append(rejected.issue)
      }
    }
    let findings = imageFindings + checker.findings(in: record, issues: issues)
    return CheckedImage(
      record: record, findings: findings, summary: summary, input: outcome.input,
      held: outcome.image)
  }
}
