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

  /// Where the second file has an image.
  private struct Place: Sendable {
    var entry: Int
    var place: RecordFile.Place
    var line: Int
  }

  /// The second file's records are found again by where they lie, and so not held.
  private func compare(_ run: SelectionRun, _ report: inout DiffReport) throws {
    var places: [String: Place] = [:]
    try run.forEach(in: run.inputs[1], .annotation) { item in
      let key = key(of: item.record)
      if let earlier = places[key] {
        return try run.report(repeated(item.record, key, line: earlier.line))
      }
      places[key] = Place(
        entry: item.entry, place: item.place, line: item.record.location.line ?? 0)
    }
    /// The first file's keys, with their lines.
    var met: [String: Int] = [:]
    let (known, comparison, images) = (places, comparison, images)
    let keepsNative = comparison.fields.contains(.native)
    let open = run.inputs[1].opener
    try run.forEach(
      in: run.inputs[0], .init(keepsNative: keepsNative),
      makeWorker: {
        var others = try open()
        others.keepsNative = keepsNative
        return others
      },
      work: { others, record -> Pair? in
        guard let place = known[Self.key(of: record, images)]?.place else { return nil }
        others.move(to: place)
        guard let other = try others.next()?.record else { return nil }
        return Pair(other: other, differences: comparison.differences(record, other))
      }
    ) { item, pair in
      let key = key(of: item.record)
      if let line = met[key] {
        return try run.report(repeated(item.record, key, line: line))
      }
      met[key] = item.record.location.line ?? 0
      guard known[key] != nil else { return try report.add(only: .first, item.record) }
      if let pair { try report.add(pair.differences, item.record, pair.other) }
    }
    let left = Set(places.lazy.filter { met[$0.key] == nil }.map(\.value.entry))
    guard !left.isEmpty else { return }
    try run.forEach(
      in: run.inputs[1], .init(isRepeated: true, keepsNative: false, only: left)
    ) { try report.add(only: .second, $0.record) }
  }

  /// A record of the second file, and how it differs from that of the first.
  private struct Pair: Sendable {
    var other: ImageRecord
    var differences: RecordComparison.Result
  }

  private func key(of record: ImageRecord) -> String { Self.key(of: record, images) }

  private static func key(of record: ImageRecord, _ images: Images) -> String {
    images == .path ? record.image.path : record.id
  }

  private func repeated(_ record: ImageRecord, _ key: String, line: Int) -> RecordIssue {
    RecordIssue(
      .duplicateRecord, at: record.location,
      "\(images.rawValue) '\(key)': expected it once in a file, found it in line \(line) too; that is compared"
    )
  }
}
