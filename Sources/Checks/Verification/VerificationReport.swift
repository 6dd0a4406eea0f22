public import Schema

/// What `verify` says about one output: what was found, what that proves, and what remains unproved.
public struct VerificationReport: Sendable {
  /// The value of `schema` in the JSON that `verify --format json` writes.
  public static let schemaName = "sixdof.verification/1"

  /// The prefix or LMDB, as the user named it.
  public let name: String
  /// How many shards were read.
  public internal(set) var shards = 0
  /// How many samples exist in them.
  public internal(set) var samples = 0
  /// How many faces these samples have.
  public internal(set) var faces = 0
  /// The total size of the samples' values.
  public internal(set) var bytes = 0
  /// What is proved, one sentence for each thing.
  public internal(set) var proved: [String] = []
  /// What is not proved and why, one sentence for each thing.
  public internal(set) var notProved: [String] = []
  private var summary: CheckSummary

  /// - Parameter examples: how many findings of each check are kept; all are counted.
  init(name: String, examples: Int) {
    self.name = name
    summary = CheckSummary(examples: examples)
  }

  mutating func add(_ finding: Finding) { summary.add(finding, isAccepted: false) }

  /// The worst severity of the findings; nil where there are none.
  public var worst: Check.Severity? { summary.worst }

  /// The number of findings of the checks for which `isIncluded` is true.
  func count(where isIncluded: (Check) -> Bool) -> Int {
    summary.found.reduce(0) { $0 + (isIncluded($1.check) ? $1.count : 0) }
  }

  /// For people: the findings by check, then one line for each thing that is proved or not proved.
  public var text: String {
    var lines = summary.lines
    let count = count { _ in true }
    lines.append(
      "\(name.printable): \(count == 0 ? "whole" : counted(count, "finding"))")
    lines += proved.map { "  proved      \($0)" } + notProved.map { "  not proved  \($0)" }
    return lines.map { $0 + "\n" }.joined()
  }

  /// The same for programs, as an object.
  public var json: JSONValue {
    .object([
      ("output", .text(name)), ("whole", .boolean(summary.found.isEmpty)),
      ("shards", .integer(shards)), ("samples", .integer(samples)), ("faces", .integer(faces)),
      ("bytes", .integer(bytes)),
      (
        "checks",
        .array(
          summary.found.map {
            .object([
              ("id", .text($0.check.id)), ("severity", .text($0.check.severity.rawValue)),
              ("title", .text($0.check.title)), ("count", .integer($0.count)),
            ])
          })
      ),
      (
        "findings",
        .array(
          summary.found.flatMap(\.examples).map {
            .object([
              ("check", .text($0.check.id)), ("file", .text($0.location.file)),
              ("record", $0.record.map { .text($0) } ?? .null),
              ("face", $0.face.map { .integer($0) } ?? .null), ("detail", .text($0.detail)),
            ])
          })
      ),
      ("proved", .array(proved.map { .text($0) })),
      ("not_proved", .array(notProved.map { .text($0) })),
    ])
  }
}
