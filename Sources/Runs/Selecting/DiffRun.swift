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

  /// The second file's records are found again by where they lie, and so not held.
  private func compare(_ run: SelectionRun, _ report: inout DiffReport) throws {
    var waiting: [String: (place: RecordFile.Place, line: Int)] = [:]
    try run.forEach(in: run.inputs[1]) { item in
      let key = key(of: item.record)
      if let earlier = waiting[key] {
        return try run.report(repeated(item.record, key, line: earlier.line))
      }
      waiting[key] = (item.place, item.record.location.line ?? 0)
    }
    var others = run.inputs[1]
    /// The first file's keys, with their lines.
    var met: [String: Int] = [:]
    try run.forEach(in: run.inputs[0]) { item in
      let key = key(of: item.record)
      if let line = met.updateValue(item.record.location.line ?? 0, forKey: key) {
        met[key] = line
        return try run.report(repeated(item.record, key, line: line))
      }
      guard let place = waiting.removeValue(forKey: key) else {
        return try report.add(only: .first, item.record)
      }
      others.move(to: place.place)
      guard let other = try others.next()?.record else { return }
      try report.add(comparison.differences(item.record, other), item.record, other)
    }
    for place in waiting.values.sorted(by: { $0.line < $1.line }) {
      others.move(to: place.place)
      if let other = try others.next()?.record { try report.add(only: .second, other) }
    }
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
