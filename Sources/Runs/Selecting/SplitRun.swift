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
  /// Of faces, whose values must not cross; `none` alone where each image is a group.
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
    var grouped = try GroupedRecords()
    var present: Set<String> = []
    try run.forEach(
      in: run.inputs[0], .annotation, makeWorker: {},
      work: { [attributes] in
        (RecordGroups.keys(of: $1, by: attributes), Self.names(in: $1, unlessUsual: attributes))
      }
    ) { _, found in
      try grouped.add(keys: found.0)
      present.formUnion(found.1)
    }
    try checkAttributes(present)
    let split = GroupSplit(shares: shares, seed: seed, rule: rule)
    // The records by group, and rows (draw, hash of the group, how many records it has).
    let (members, draws) = (try RowFile(), RowSorter())
    let largest = try draw(grouped, split, members, draws)
    // By the stable rule a part may be empty, whatever the records.
    guard rule == .stable || draws.count >= shares.count else {
      throw RunFailure(
        "\(input): expected at least \(counted(shares.count, "group")) of records that share no person and no photo, found \(draws.count)"
      )
    }
    var places = try assign(members, draws, split)
    var parts = try SplitParts(
      shares.map(\.name), folder: folder, listForm: listForm)
    try forEachRecord(run) { _, record, line in
      guard let row = try places.nextRow() else { return }
      try parts.write(record, line, to: Int(row.y), isNewGroup: row.z == 1)
    }
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

  /// The attributes that name something of a record's faces. None where the usual ones are asked for, which need not be
  /// there.
  private static func names(
    in record: ImageRecord, unlessUsual attributes: [String]
  ) -> Set<String> {
    guard attributes != RecordGroups.usualAttributes else { return [] }
    let names = record.faces.flatMap { face in
      face.attributes.others.map(\.name).filter { face.attributes.name(in: $0) != nil }
    }
    return Set(names)
  }

  /// A name that was mistyped would let groups cross.
  ///
  /// - Throws: `RunFailure` where no face has an attribute that was asked for.
  private func checkAttributes(_ present: Set<String>) throws {
    guard attributes != RecordGroups.usualAttributes, attributes != ["none"],
      let missing = attributes.first(where: { !present.contains($0) })
    else { return }
    let known = present.sorted()
    let nearest = NearestWord.to(missing, among: known).map { "; did you mean '\($0)'?" } ?? ""
    throw RunFailure(
      "\(input): expected faces with the attribute '\(missing)', found \(known.isEmpty ? "none with any" : "none; they have " + known.joined(separator: ", "))\(nearest)"
    )
  }

  /// Draws all groups.
  ///
  /// - Returns: the largest one.
  private func draw(
    _ grouped: GroupedRecords, _ split: GroupSplit, _ members: RowFile, _ draws: RowSorter
  ) throws -> SplitParts.Group? {
    var rows = try grouped.sorted()
    var largest: SplitParts.Group?
    var (first, count) = (Row?.none, 0)
    func end() throws {
      guard let first else { return }
      let name = try grouped.name(ofRecord: Int(first.z))
      try draws.add(Row(split.draw(of: name), first.x, first.y, UInt64(count)))
      if largest.map({ ($0.count, name) < (count, $0.name) }) ?? true {
        largest = SplitParts.Group(name: name, count: count)
      }
    }
    while let row = try rows.nextRow() {
      if !row.hasKey(of: first) {
        try end()
        (first, count) = (row, 0)
      }
      count += 1
      try members.append(row)
    }
    try end()
    return largest
  }

  /// - Returns: rows (record, part, whether it is the first of its group).
  private func assign(
    _ members: RowFile, _ draws: RowSorter, _ split: GroupSplit
  ) throws -> SortedRows {
    var assigner = split.assigner(groups: draws.count, records: members.count)
    var drawn = try draws.sorted()
    let assigned = RowSorter()
    while let row = try drawn.nextRow() {
      let part = assigner.share(ofGroupOf: Int(row.w), draw: row.x)
      try assigned.add(Row(row.y, row.z, UInt64(part), 0))
    }
    var groups = try assigned.sorted()
    let places = RowSorter()
    var reader = RowFile.Reader(members)
    var group: Row?
    while let row = try reader.nextRow() {
      let isFirst = !row.hasKey(of: group)
      if isFirst { group = try groups.nextRow() }
      try places.add(Row(row.z, group?.z ?? 0, isFirst ? 1 : 0, 0))
    }
    return try places.sorted()
  }

  private func splitByLists(_ run: SelectionRun, _ folder: String) throws -> [String] {
    var names: [String] = []
    var entries = SplitLists(attributes: attributes)
    for (file, list) in zip(run.texts, lists) {
      if !names.contains(list.part) { names.append(list.part) }
      let part = names.firstIndex(of: list.part) ?? 0
      for issue in entries.add(file, part: part) { try run.report(issue) }
    }
    // With each record its part and the entry that names it, both counted from 1; 0 where no list does.
    var grouped = try GroupedRecords()
    var present: Set<String> = []
    try run.forEach(in: run.inputs[0], .annotation) { _, record in
      present.formUnion(Self.names(in: record, unlessUsual: attributes))
      let keys = RecordGroups.keys(of: record, by: attributes)
      guard let (part, entry, issues) = entries.part(of: record) else {
        try grouped.add(keys: keys)
        return try run.report(
          RecordIssue(
            .unlistedImage, at: record.location,
            "image '\(record.image.path)': expected it in one of the lists, found it in none"))
      }
      for issue in issues { try run.report(issue) }
      try grouped.add(keys: keys, UInt64(part + 1) << 32 | UInt64(entry + 1))
    }
    try checkAttributes(present)
    for issue in entries.unused() { try run.report(issue) }
    var places = try placesByLists(grouped)
    var parts = try SplitParts(names, folder: folder, listForm: listForm)
    var next = try places.nextRow()
    try forEachRecord(run) { item, record, line in
      guard let row = next, row.x == UInt64(item.index) else { return }
      next = try places.nextRow()
      let (part, entry) = Self.listed(row.y)
      if row.w != 0 {
        let (firstPart, firstEntry) = Self.listed(row.w)
        try run.report(
          RecordIssue(
            .crossingGroup, at: entries.location(entry),
            "group '\(try grouped.name(ofRecord: item.index))': expected it in one part, found it in \(names[part]), and by \(entries.location(firstEntry)) in \(names[firstPart])"
          ))
      }
      try parts.write(record, line, to: part, isNewGroup: row.z == 1)
    }
    let files = lists.map { SourceLocation.fileName(of: $0.path) }
    return try finish(
      &parts,
      [("lists", .object(zip(lists, files).map { ($0.part, .text($1)) }))])
  }

  /// Goes through the records once more, with their lines.
  private func forEachRecord(
    _ run: SelectionRun,
    _ body: (RecordPass.Item, ImageRecord, _ line: [UInt8]) throws -> Void
  ) throws {
    try run.forEach(
      in: run.inputs[0], .init(isRepeated: true), makeWorker: JSONWriter.init,
      work: { ($1, try $1.line(with: &$0)) }
    ) { try body($0, $1.0, $1.1) }
  }

  /// A part and an entry of the lists, of the number that stands for both.
  private static func listed(_ number: UInt64) -> (part: Int, entry: Int) {
    (Int(number >> 32) - 1, Int(number & 0xFFFF_FFFF) - 1)
  }

  /// - Returns: rows (listed record, its part and entry, whether it is the first of its group in the part, part and entry of
  ///   the group's first record where this is the first one in another part).
  private func placesByLists(_ grouped: GroupedRecords) throws -> SortedRows {
    var rows = try grouped.sorted()
    let places = RowSorter()
    var (group, first, isCrossing) = (Row?.none, UInt64(0), false)
    var seen: Set<Int> = []
    while let row = try rows.nextRow() {
      if !row.hasKey(of: group) {
        (group, first, isCrossing) = (row, 0, false)
        seen = []
      }
      guard row.w != 0 else { continue }
      if first == 0 { first = row.w }
      let part = Self.listed(row.w).part
      let crosses = !isCrossing && part != Self.listed(first).part
      isCrossing = isCrossing || crosses
      try places.add(
        Row(row.z, row.w, seen.insert(part).inserted ? 1 : 0, crosses ? first : 0))
    }
    return try places.sorted()
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
