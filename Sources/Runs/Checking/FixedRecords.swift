internal import Checks
internal import Codecs
internal import Schema

/// Writes a file of records again, mended where findings ask for it, and a log of the changes beside it.
/// Lines without a change are copied byte for byte.
final class FixedRecords: CheckOutput {
  private var lines: RecordLines
  private let path: String
  private let records: OutputFile
  private let log: OutputFile
  private let logPath: String
  private let thresholds: CheckThresholds
  private var writer = JSONWriter()
  private var changes = 0
  private var changedRecords = 0

  /// - Parameters:
  ///   - input: the records that the checks are given, read here once more, in step.
  ///   - path: the records to write, as the user named them.
  ///   - outputs: these, and beside them the log.
  init(
    of input: String, path: String, in outputs: OutputSet, _ thresholds: CheckThresholds
  ) throws {
    lines = RecordLines(file: try PackedFile.open(input))
    self.path = path
    self.thresholds = thresholds
    logPath = outputs.base + Self.logSuffix
    records = try outputs.mainFile()
    log = try outputs.file(Self.logSuffix)
  }

  static let logSuffix = ".fixes.jsonl"

  /// The outputs, checked and not begun.
  static func outputs(_ path: String, inputs: [String]) throws -> OutputSet {
    let set = try OutputSet(
      file: path, ending: ".jsonl", companions: [logSuffix], inputs: inputs)
    guard !set.isStream else {
      throw OutputRefusal(path, "expected a file, with a log beside it, found a device or pipe")
    }
    return set
  }

  func take(_ image: CheckedImage, _ findings: [SelectedFinding]) throws {
    let record = image.record
    guard let text = lines.nextText() else { return }
    let size = record.flatMap { record in
      record.image.width.flatMap { width in record.image.height.map { (width, $0) } }
    }
    let wanted = findings.filter { !$0.isAccepted }.map(\.finding)
    guard record != nil, !wanted.isEmpty else { return try records.write(text) }
    // The one at hand has what its image's header says; the file's own is mended.
    var fixed = try text.withUnsafeBytes { try ImageRecord(json: Self.withoutMark($0)) }
    let made = RecordFixer.fix(&fixed, size: size, wanted, thresholds)
    guard !made.isEmpty else { return try records.write(text) }
    changes += made.count
    changedRecords += 1
    writer.removeAll()
    fixed.write(to: &writer)
    try records.write(writer.bytes)
    writer.removeAll()
    for change in made { change.write(to: &writer) }
    try log.write(writer.bytes)
  }

  func take(_ finding: SelectedFinding, of record: ImageRecord?) {}

  func finish(_ summary: CheckSummary) throws {
    // Blank lines may follow the last record.
    while let rest = lines.nextText() { try records.write(rest) }
    try log.finish()
    try records.finish()
  }

  /// What was written, in words.
  var words: String {
    "wrote     \(path): \(counted(changes, "change")) in \(counted(changedRecords, "record")), named in \(logPath)"
  }

  private static func withoutMark(_ text: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
    text.starts(with: [0xEF, 0xBB, 0xBF]) ? UnsafeRawBufferPointer(rebasing: text[3...]) : text
  }
}
