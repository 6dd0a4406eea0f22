internal import Codecs
public import Datasets
internal import Schema

/// Compares two files of records in meaning; where they differ, that is a finding.
public struct DiffRun: Job {
  /// What tells that two records are of the same image.
  public enum Images: String, CaseIterable, Sendable { case path, id }

  /// Files of records; one of them may be '-', standard input.
  public var first: String
  /// '-' is standard input.
  public var second: String
  /// What tells that two records are of one image.
  public var images = Images.path
  /// What counts as a difference.
  public var comparison: RecordComparison
  /// At most so many images are printed; all are counted.
  public var limit = 100
  /// Whether the answer is a line of JSON an image.
  public var json = false
  /// How the run goes about its work.
  public var settings: RunSettings

  /// Compares all that the comparison names.
  public init(
    first: String, second: String, images: Images = .path, comparison: RecordComparison,
    limit: Int = 100, json: Bool = false, settings: RunSettings
  ) {
    (self.first, self.second, self.images) = (first, second, images)
    (self.comparison, self.limit, self.json) = (comparison, limit, json)
    self.settings = settings
  }

  public func perform(_ context: RunContext) throws -> RunOutcome {
    try SelectionRun.look(at: [first, second], settings: settings, context) { run in
      var report = DiffReport(limit: limit, json: json, print: context.print)
      try compare(run, &report)
      run.hasFindings = !report.isSame
      try report.printSummary()
    }
  }

  /// What the second file has for an entry of the first.
  private enum Counterpart: Sendable {
    case none
    case record(RecordFile.Place)
    /// The image came before in the first file, in this line.
    case earlier(line: Int)
  }

  /// Both files' keys are sorted in temporary files, and the second's records found again by where they lie, so that none
  /// is held.
  private func compare(_ run: SelectionRun, _ report: inout DiffReport) throws {
    var pairs = try RecordPairs(run.inputs[1])
    try run.holdIssues {
      try run.forEach(in: run.inputs[1], .annotation) { item in
        try pairs.addSecond(key(of: item.record), item)
      }
    }
    try run.forEach(in: run.inputs[0], .init(isRepeated: true, keepsNative: false)) { item in
      try pairs.addFirst(key(of: item.record), item)
    }
    try pairs.join()
    try tellRepeated(run, &pairs)
    try run.releaseIssues(before: nil)
    try compareFirst(run, &pairs, &report)
    try run.forEach(
      in: run.inputs[1],
      .init(isRepeated: true, keepsNative: false, only: { try pairs.isLeft(entry: $0) })
    ) { try report.add(only: .second, $0.record) }
  }

  /// Images that come again in the second file.
  private func tellRepeated(_ run: SelectionRun, _ pairs: inout RecordPairs) throws {
    var file = run.inputs[1]
    while let repeated = try pairs.nextRepeated() {
      try run.releaseIssues(before: repeated.number)
      file.move(to: repeated.place)
      guard let record = try file.next()?.record else { continue }
      try run.report(self.repeated(record, key(of: record), line: repeated.earlierLine))
    }
  }

  private func compareFirst(
    _ run: SelectionRun, _ pairs: inout RecordPairs, _ report: inout DiffReport
  ) throws {
    let comparison = comparison
    let keepsNative = comparison.fields.contains(.native)
    let open = run.inputs[1].opener
    try run.forEach(
      in: run.inputs[0], .init(keepsNative: keepsNative),
      companion: { entry -> Counterpart in
        guard let found = try pairs.counterpart(ofEntry: entry) else { return .none }
        if let line = found.earlierLine { return .earlier(line: line) }
        return found.place.map { .record($0) } ?? .none
      },
      makeWorker: {
        var others = try open()
        others.keepsNative = keepsNative
        return others
      },
      work: { others, record, counterpart -> (Counterpart, Pair?) in
        guard case .record(let place) = counterpart else { return (counterpart, nil) }
        others.move(to: place)
        guard let other = try others.next()?.record else { return (counterpart, nil) }
        return (
          counterpart, Pair(other: other, differences: comparison.differences(record, other))
        )
      }
    ) { item, found in
      switch found {
      case (.earlier(let line), _):
        try run.report(repeated(item.record, key(of: item.record), line: line))
      case (.none, _): try report.add(only: .first, item.record)
      case (.record, let pair):
        if let pair { try report.add(pair.differences, item.record, pair.other) }
      }
    }
  }

  /// A record of the second file, and how it differs from that of the first.
  private struct Pair: Sendable {
    var other: ImageRecord
    var differences: RecordComparison.Result
  }

  private func key(of record: ImageRecord) -> String {
    images == .path ? record.image.path : record.id
  }

  private func repeated(_ record: ImageRecord, _ key: String, line: Int) -> RecordIssue {
    RecordIssue(
      .duplicateRecord, at: record.location,
      "\(images.rawValue) '\(key)': expected it once in a file, found it in line \(line) too; that is compared"
    )
  }
}
