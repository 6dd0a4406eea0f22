internal import Codecs
internal import Datasets
internal import Schema

/// The files that `split` writes, and what is in them.
struct SplitParts {
  private struct Part {
    var name: String
    var records: OutputFile
    var list: OutputFile?
    var images = 0
    var faces = 0
    var groups = 0
    var yaws = [Int](repeating: 0, count: SplitParts.bins.count)
    var withoutPose = 0
  }

  private static let bins = YawBins(count: 12)

  private var parts: [Part]
  private let folder: String
  private let listForm: SplitListForm?

  /// How many show a head from behind, with what follows it; empty where none does.
  private static func behind(_ part: Part) -> String {
    let count = (part.yaws.first ?? 0) + (part.yaws.last ?? 0)
    return count > 0 ? "\(count) from behind; " : ""
  }

  /// Records that stay together.
  struct Group {
    var name: String
    var count: Int
  }

  /// - Parameter listForm: nil where no lists are written.
  init(_ names: [String], folder: String, listForm: SplitListForm?) throws {
    self.folder = folder
    self.listForm = listForm
    parts = try names.map { name in
      let list = try listForm.map { try OutputFile(path: "\(folder)/\(name).\($0.fileEnding)") }
      if let header = listForm?.header { try list?.write("\(header)\n".utf8) }
      return Part(
        name: name, records: try OutputFile(path: "\(folder)/\(name).jsonl"), list: list)
    }
  }

  /// - Parameters:
  ///   - line: the record's, as it is written.
  ///   - isNewGroup: whether it is the first of its group in the part.
  mutating func write(
    _ record: ImageRecord, _ line: [UInt8], to index: Int, isNewGroup: Bool
  ) throws {
    try parts[index].records.write(line)
    if let listForm { try parts[index].list?.write("\(listForm.line(for: record))\n".utf8) }
    parts[index].images += 1
    parts[index].groups += isNewGroup ? 1 : 0
    parts[index].faces += record.faces.count
    for face in record.faces {
      if let yaw = face.pose?.yawInDegrees, let bin = Self.bins.index(of: yaw) {
        parts[index].yaws[bin] += 1
      } else {
        parts[index].withoutPose += 1
      }
    }
  }

  /// A warning for each part whose share misses the one that was asked for by more than 5 percentage points and by more
  /// than one record.
  func unevenShares(
    _ shares: [GroupSplit.Share], largest: Group?, rule: GroupSplit.Rule, input: String
  ) -> [RecordIssue] {
    let total = Double(parts.reduce(0) { $0 + $1.images })
    let weights = shares.reduce(0) { $0 + $1.weight }
    guard total > 0, let largest else { return [] }
    return zip(parts, shares).compactMap { part, share in
      let asked = share.weight / weights
      let missed = (Double(part.images) - asked * total).magnitude
      guard missed > 1, missed > 0.05 * total else { return nil }
      let reason =
        largest.count > 1
        ? "the largest group, '\(largest.name)', has \(largest.count) records that stay together"
        : "the groups are few"
      let remedy =
        rule == .stable
        ? "the rule 'balanced' comes nearer"
        : "more records, other ratios or smaller groups come nearer"
      return RecordIssue(
        .unevenSplit, at: SourceLocation(file: SourceLocation.fileName(of: input)),
        "part '\(part.name)': expected \((100 * asked).short) % of the records, found \((100 * Double(part.images) / total).short) % (\(part.images) of \(Int(total))), for \(reason); \(remedy)"
      )
    }
  }

  /// Ends all files and adds split.json.
  ///
  /// - Returns: what is said of each part.
  mutating func finish(
    description: [(key: String, value: JSONValue)], output: String
  ) throws -> [String] {
    for part in parts {
      try part.records.finish()
      try part.list?.finish()
    }
    let json = JSONValue.object(
      description + [
        ("yaw_edges_deg", .array(Self.bins.edges.map { .double($0) })),
        ("parts", .array(parts.map(Self.json))),
      ])
    let file = try OutputFile(path: "\(folder)/split.json")
    try file.write(json.prettyText.utf8)
    try file.finish()
    let total = parts.reduce(0) { $0 + $1.images }
    return parts.flatMap { part in
      let share = total > 0 ? (100 * Double(part.images) / Double(total)).short : "0"
      return [
        "wrote     \(output)/\(part.name).jsonl: \(counted(part.images, "image")) (\(share) %), \(counted(part.faces, "face")), \(counted(part.groups, "group"))",
        "          yaw from -90 by 15: \(part.yaws.dropFirst().dropLast().map(String.init).joined(separator: " ")); \(Self.behind(part))\(part.withoutPose) without a pose",
      ]
    }
  }

  private static func json(_ part: Part) -> JSONValue {
    .object([
      ("name", .text(part.name)), ("images", .integer(part.images)),
      ("faces", .integer(part.faces)), ("groups", .integer(part.groups)),
      ("yaw_histogram", .array(part.yaws.map { .integer($0) })),
      ("faces_without_pose", .integer(part.withoutPose)),
    ])
  }
}
