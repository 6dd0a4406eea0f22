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
    let key = { @Sendable [images] (_: inout (), record: ImageRecord) in
      RecordPairs.Key(images.key(of: record), of: record)
    }
    try run.holdIssues {
      try run.forEach(in: run.inputs[1], .annotation, makeWorker: {}, work: key) {
        try pairs.addSecond($1, $0)
      }
    }
    try run.forEach(
      in: run.inputs[0], .init(isRepeated: true, keepsNative: false), makeWorker: {}, work: key
    ) { try pairs.addFirst($1, $0) }
    try pairs.join()
    try tellRepeated(run, &pairs)
    try run.releaseIssues(before: nil)
    try compareFirst(run, &pairs, &report)
    try run.forEach(
      in: run.inputs[1],
      .init(isRepeated: true, keepsNative: false, only: { try pairs.isLeft(entry: $0) })
    ) { try report.add(only: .second, $1) }
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
      work: { others, record, counterpart -> (ImageRecord, Counterpart, Pair?) in
        guard case .record(let place) = counterpart else { return (record, counterpart, nil) }
        others.move(to: place)
        guard let other = try others.next()?.record else { return (record, counterpart, nil) }
        let pair = Pair(other: other, differences: comparison.differences(record, other))
        return (record, counterpart, pair)
      }
    ) { _, found in
      let (record, counterpart, pair) = found
      switch counterpart {
      case .earlier(let line): try run.report(repeated(record, key(of: record), line: line))
      case .none: try report.add(only: .first, record)
      case .record: if let pair { try report.add(pair.differences, record, pair.other) }
      }
    }
  }

  /// A record of the second file, and how it differs from that of the first.
  private struct Pair: Sendable {
    var other: ImageRecord
    var differences: RecordComparison.Result
  }

  private func key(of record: ImageRecord) -> String { images.key(of: record) }

  private func repeated(_ record: ImageRecord, _ key: String, line: Int) -> RecordIssue {
    RecordIssue(
      .duplicateRecord, at: record.location,
      "\(images.rawValue) '\(key)': expected it once in a file, found it in line \(line) too; that is compared"
    )
  }
}

extension DiffRun.Images {
  fileprivate func key(of record: ImageRecord) -> String {
    self == .path ? record.image.path : record.id
  }
}
