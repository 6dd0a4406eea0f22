internal import Codecs
internal import Schema

/// Puts files of records together, each record once.
public struct MergeRun: Job {
  /// Which of the records of one id is kept; with `fail`, a second one ends the run.
  public enum Duplicates: String, CaseIterable, Sendable { case fail, first, last }

  /// Files of records; '-' is standard input.
  public var inputs: [String]
  /// Which of the records of one id is kept.
  public var onDuplicate = Duplicates.fail
  /// '-' is standard output.
  public var output: String
  /// How the run goes about its work.
  public var settings: RunSettings

  /// A second record of an id ends the run unless one is chosen.
  public init(
    inputs: [String], onDuplicate: Duplicates = .fail, output: String, settings: RunSettings
  ) {
    (self.inputs, self.onDuplicate) = (inputs, onDuplicate)
    (self.output, self.settings) = (output, settings)
  }

  public func perform(_ context: RunContext) throws -> RunOutcome {
    try SelectionRun.makeFile(output, from: inputs, settings: settings, context) { run, records in
      onDuplicate == .last ? try mergeLast(run, records) : try mergeFirst(run, records)
    }
  }

  /// What is held of each record.
  private struct Seen {
    var place: SourceLocation
    /// A hash of all that it says.
    var content: UInt64
    /// Its place among all records.
    var ordinal: Int
  }

  private func mergeFirst(
    _ run: SelectionRun, _ records: OutputFile
  ) throws -> (Int, [String]) {
    var seen: [String: Seen] = [:]
    let repeated = try forEach(run, &seen) { try records.write($0) }
    return (seen.count, try report(run, repeated, seen.count))
  }

  /// The place of a record is known when all have been seen, so files are read twice.
  private func mergeLast(
    _ run: SelectionRun, _ records: OutputFile
  ) throws -> (Int, [String]) {
    var seen: [String: Seen] = [:]
    let repeated = try forEach(run, &seen) { _ in }
    var ordinal = 0
    for file in run.inputs {
      try run.forEachLine(in: file, .init(isRepeated: true)) { item, line in
        if seen[item.record.id]?.ordinal == ordinal { try records.write(line) }
        ordinal += 1
      }
    }
    return (seen.count, try report(run, repeated, seen.count))
  }

  /// Reads all files, and gives `body` the lines of those records whose id is new.
  ///
  /// - Returns: how many were not new.
  private func forEach(
    _ run: SelectionRun, _ seen: inout [String: Seen], _ body: ([UInt8]) throws -> Void
  ) throws -> Int {
    var (ordinal, repeated) = (0, 0)
    for file in run.inputs {
      try run.forEach(
        in: file, makeWorker: JSONWriter.init,
        work: { writer, record in
          let line = try record.line(with: &writer)
          return (line, line.withUnsafeBytes { fastHash(of: $0) })
        }
      ) { item, written in
        defer { ordinal += 1 }
        let record = item.record
        let (line, content) = written
        var place = record.location
        // Files of one name are told apart where the run ends; the log does not hang on where they lie.
        if onDuplicate == .fail { place.file = file.path }
        let this = Seen(place: place, content: content, ordinal: ordinal)
        guard let first = seen[record.id] else {
          seen[record.id] = this
          return try body(line)
        }
        repeated += 1
        try tell(record.id, first, this, run)
        if onDuplicate == .last { seen[record.id] = this }
      }
    }
    return repeated
  }

  /// A second record of an id.
  private func tell(_ id: String, _ first: Seen, _ second: Seen, _ run: SelectionRun) throws {
    if onDuplicate == .fail {
      throw RunFailure(
        "\(second.place): id '\(id)': expected one that no record before has, found that of \(first.place)",
        remedy: .chooseDuplicate)
    }
    guard first.content != second.content else { return }
    try run.report(
      RecordIssue(
        .conflictingAnnotation, at: second.place,
        "id '\(id)': expected what \(first.place) says, found something else; the \(onDuplicate.rawValue) is kept"
      ))
  }

  private func report(_ run: SelectionRun, _ repeated: Int, _ written: Int) throws -> [String] {
    let frames = run.tally.frames
    if frames.isMixed {
      try run.report(
        RecordIssue(
          .mixedFrames, at: SourceLocation(file: SourceLocation.fileName(of: output)),
          "poses: expected one object frame, found \(frames.text); records keep theirs, and stats, pack and build want one"
        ))
    }
    let left =
      repeated == 0
      ? [] : ["left out  \(counted(repeated, "record")) whose id another one has"]
    return left + ["wrote     \(output): \(counted(written, "record"))"]
  }
}
