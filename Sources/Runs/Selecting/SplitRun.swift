public import Codecs
public import Datasets
internal import Schema

/// Divides records into parts that share no person and no photo.
public struct SplitRun: Job {
  /// A part's published list.
  public struct ListFile: Sendable {
    /// The part's name.
    public var part: String
    /// The file of the list.
    public var path: String

    /// A list of a part.
    public init(part: String, path: String) { (self.part, self.path) = (part, path) }
  }

  /// A file of records; '-' is standard input.
  public var input: String
  /// Names and weights of the parts, where no lists say them.
  public var shares = zip(["train", "val", "test"], [0.8, 0.1, 0.1]).map {
    GroupSplit.Share(name: $0, weight: $1)
  }
  /// Published lists; several may be of one part.
  public var lists: [ListFile] = []
  /// Of faces, whose values must not cross.
  public var attributes = RecordGroups.usualAttributes
  /// Another seed gives another result.
  public var seed: UInt64 = 1
  /// How groups find their part.
  public var rule = GroupSplit.Rule.balanced
  /// What each part's own list names; nil where none is written.
  public var listForm: SplitListForm?
  /// The folder to make.
  public var output: String
  /// What is done where the output exists.
  public var existing = OutputSet.Existing.refused
  /// How the run goes about its work.
  public var settings: RunSettings

  /// Train, val and test of 0.8, 0.1 and 0.1.
  public init(input: String, output: String, settings: RunSettings) {
    (self.input, self.output, self.settings) = (input, output, settings)
  }

  public func perform(_ context: RunContext) throws -> RunOutcome {
    try SelectionRun.makeFolder(
      output, log: "split.issues.jsonl", from: [input], texts: lists.map(\.path),
      existing: existing, settings: settings, context
    ) { run, folder in
      lists.isEmpty ? try splitByShares(run, folder) : try splitByLists(run, folder)
    }
  }

  private func splitByShares(_ run: SelectionRun, _ folder: String) throws -> [String] {
    var groups = RecordGroups(by: attributes)
    try run.forEach(in: run.inputs[0], .annotation) { groups.add($0.record) }
    let all = groups.groups
    // By the stable rule a part may be empty, whatever the records.
    guard rule == .stable || all.count >= shares.count else {
      throw RunFailure(
        "\(input): expected at least \(counted(shares.count, "group")) of records that share no person and no photo, found \(all.count)"
      )
    }
    let assignment = GroupSplit(shares: shares, seed: seed, rule: rule).assignment(of: all)
    var parts = try SplitParts(
      shares.map(\.name), folder: folder, listForm: listForm)
    try run.forEachLine(in: run.inputs[0], .init(isRepeated: true)) { item, line in
      let group = groups.group(of: item.record)
      guard let part = assignment[group] else { return }
      try parts.write(item.record, line, to: part, group: group)
    }
    let largest = all.max { ($0.count, $1.name) < ($1.count, $0.name) }
    for issue in parts.unevenShares(shares, largest: largest, rule: rule, input: input) {
      try run.report(issue)
    }
    return try finish(
      &parts,
      [
        ("ratios", .object(shares.map { ($0.name, .double($0.weight)) })),
        ("rule", .text(rule.rawValue)),
        ("seed", Int(exactly: seed).map { .integer($0) } ?? .text("\(seed)")),
      ])
  }

  private func splitByLists(_ run: SelectionRun, _ folder: String) throws -> [String] {
    var names: [String] = []
    var entries = SplitLists(attributes: attributes)
    for (file, list) in zip(run.texts, lists) {
      if !names.contains(list.part) { names.append(list.part) }
      let part = names.firstIndex(of: list.part) ?? 0
      for issue in entries.add(file, part: part) { try run.report(issue) }
    }
    var groups = RecordGroups(by: attributes)
    // For each record its part and the entry that names it; -1 where no list does.
    var found: [(part: Int32, entry: Int32)] = []
    try run.forEach(in: run.inputs[0], .annotation) { item in
      groups.add(item.record)
      guard let (part, entry, issues) = entries.part(of: item.record) else {
        found.append((-1, -1))
        return try run.report(
          RecordIssue(
            .unlistedImage, at: item.record.location,
            "image '\(item.record.image.path)': expected it in one of the lists, found it in none"))
      }
      for issue in issues { try run.report(issue) }
      found.append((Int32(part), Int32(entry)))
    }
    for issue in entries.unused() { try run.report(issue) }
    var parts = try SplitParts(names, folder: folder, listForm: listForm)
    var firstOfGroup: [Int: (part: Int32, entry: Int32)] = [:]
    var crossing: Set<Int> = []
    try run.forEachLine(in: run.inputs[0], .init(isRepeated: true)) { item, line in
      let (part, entry) = found[item.index]
      guard part >= 0 else { return }
      let group = groups.group(of: item.record)
      let first = firstOfGroup[group] ?? (part, entry)
      firstOfGroup[group] = first
      if first.part != part, crossing.insert(group).inserted {
        try run.report(
          RecordIssue(
            .crossingGroup, at: entries.location(Int(entry)),
            "group '\(groups.name(group))': expected it in one part, found it in \(names[Int(part)]), and by \(entries.location(Int(first.entry))) in \(names[Int(first.part)])"
          ))
      }
      try parts.write(item.record, line, to: Int(part), group: group)
    }
    let files = lists.map { SourceLocation.fileName(of: $0.path) }
    return try finish(
      &parts,
      [("lists", .object(zip(lists, files).map { ($0.part, .text($1)) }))])
  }

  /// Writes split.json.
  private func finish(
    _ parts: inout SplitParts, _ options: [(key: String, value: JSONValue)]
  ) throws -> [String] {
    let description =
      [(key: "schema", value: JSONValue.text("sixdof.split/1"))] + options
      + [(key: "by", value: .array(attributes.map { .text($0) }))]
    return try parts.finish(description: description, output: output.withoutSuffix("/"))
  }
}
