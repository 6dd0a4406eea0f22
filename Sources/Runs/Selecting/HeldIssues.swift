internal import Codecs
internal import Schema

/// Issues that wait until others are known which come before them, in a temporary file.
struct HeldIssues {
  private let issues: Spool
  /// Rows (how many records came before, 0, 0, 0).
  private let places: RowFile
  private var released = 0
  private var line = JSONWriter()

  init() throws { (issues, places) = (try Spool(), try RowFile()) }

  /// Keeps an issue.
  ///
  /// - Parameter place: how many records came before it; no less than that of the last one.
  mutating func add(_ issue: RecordIssue, at place: Int) throws {
    line.removeAll()
    issue.write(to: &line)
    try issues.append(line.bytes)
    try places.append(Row(UInt64(place), 0, 0, 0))
  }

  /// Gives those that come before a record, and were not given yet, to `body`.
  ///
  /// - Parameter record: its number; nil for all that are left.
  mutating func release(before record: Int?, _ body: (RecordIssue) throws -> Void) throws {
    while released < issues.count {
      let place = try places[released].x
      guard record.map({ place <= UInt64($0) }) ?? true else { return }
      released += 1
      try body(Self.issue(issues[released - 1]))
    }
  }

  private static func issue(_ line: [UInt8]) throws -> RecordIssue {
    let json = try line.withUnsafeBytes { try JSONParser.value(of: $0) }
    guard let code = json["code"]?.text.flatMap(RecordIssue.Code.init),
      let file = json["file"]?.text,
      let detail = json["detail"]?.text
    else { preconditionFailure("an issue is read as it was written") }
    var location = SourceLocation(file: file)
    if case .integer(let number)? = json["line"] { location.line = number }
    return RecordIssue(code, at: location, detail)
  }
}
