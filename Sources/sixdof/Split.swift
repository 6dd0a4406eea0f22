public import ArgumentParser
internal import Codecs
public import Datasets
internal import Foundation
internal import Schema

extension GroupSplit.Rule: ExpressibleByArgument {}
extension SplitListForm: ExpressibleByArgument {}

struct Split: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Divide records into parts that share no person and no photo.",
    discussion: """
      Writes a folder with NAME.jsonl for each part and split.json, which counts each part's images, faces, \
      groups and yaws. Records whose faces name the same person or source photo are one group, over any \
      number of records, and a group is never divided; so ratios are met as nearly as whole groups allow. \
      The same records and seed give the same parts, in whatever order the records are.

      With --list the parts are those of published lists. An image in no list or in two, a name without an \
      image, and a person or photo in two parts are findings (exit code 2). Takes about 200 bytes of memory \
      a group and 450 a listed name.

        sixdof split biwi.jsonl --ratios 0.8,0.1,0.1 --seed 7 --output-dir biwi-split
        sixdof split arkit.jsonl --list train=ARKitFace_train.csv \\
          --list test=ARKitFace_test.csv --output-dir arkit-split
      """)

  @Argument(help: "The records; '-' is standard input.") var input: String
  @Option(
    help:
      "Shares: one number (train), two (train, test), three (train, val, test), or NAME=NUMBER,… (default: 0.8,0.1,0.1)."
  )
  var ratios: SplitRatios?
  @Option(
    help:
      "A part's published list, as NAME=FILE; several files may be of one part. Instead of --ratios."
  )
  var list: [SplitListFile] = []
  @Option(
    parsing: .upToNextOption,
    help: "Attributes of faces whose values must not cross: names of persons, photos or scenes.")
  var by: [String] = RecordGroups.usualAttributes
  @Option(help: "Another seed makes other parts.") var seed: UInt64 = 1
  @Option(
    help:
      "How groups find their part: by what parts still miss (balanced), or by the seed and the group's name alone (stable), so that records added later move no others."
  )
  var rule: GroupSplit.Rule = .balanced
  @Flag(help: "Write each part's list of images too.") var writeLists = false
  @Option(help: "What lists name: paths, paths without ending, or ARKitFace's three columns.")
  var listForm: SplitListForm = .paths
  @Option(name: [.short, .customLong("output-dir")], help: "The folder to make.")
  var output: String
  @OptionGroup var overwriting: OverwriteOptions
  @OptionGroup(title: "Run") var runOptions: RunOptions

  func validate() throws {
    guard ratios == nil || list.isEmpty else {
      throw ValidationError("'--ratios' and '--list' exclude each other.")
    }
    guard !by.isEmpty else { throw ValidationError("'--by' needs at least one attribute.") }
    guard ([input] + list.map(\.path)).count(where: { $0 == "-" }) <= 1 else {
      throw ValidationError("Standard input can be one of the files only.")
    }
  }

  func run() throws {
    try SelectionRun.makeFolder(
      output, log: "split.issues.jsonl", from: [input], texts: list.map(\.path),
      existing: overwriting.existing,
      options: runOptions
    ) { run, folder in
      list.isEmpty
        ? try splitByRatios(run, folder, ratios ?? .standard) : try splitByLists(run, folder)
    }
  }

  private func splitByRatios(
    _ run: SelectionRun, _ folder: String, _ ratios: SplitRatios
  ) throws -> [String] {
    var groups = RecordGroups(by: by)
    try run.forEach(in: run.inputs[0]) { groups.add($0.record) }
    let all = groups.groups
    let shares = ratios.shares
    // By the stable rule a part may be empty, whatever the records.
    guard rule == .stable || all.count >= shares.count else {
      throw Failure(
        "\(input): expected at least \(counted(shares.count, "group")) of records that share no person and no photo, found \(all.count)"
      )
    }
    let assignment = GroupSplit(shares: shares, seed: seed, rule: rule).assignment(of: all)
    var parts = try SplitParts(
      shares.map(\.name), folder: folder, listForm: writeLists ? listForm : nil)
    try run.forEach(in: run.inputs[0], isRepeated: true) { item in
      let group = groups.group(of: item.record)
      guard let part = assignment[group] else { return }
      try parts.write(item.record, to: part, group: group)
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
    var lists = SplitLists(attributes: by)
    for (file, list) in zip(run.texts, list) {
      if !names.contains(list.part) { names.append(list.part) }
      let part = names.firstIndex(of: list.part) ?? 0
      for issue in lists.add(file, part: part) { try run.report(issue) }
    }
    var groups = RecordGroups(by: by)
    // For each record its part and the entry that names it; -1 where no list does.
    var found: [(part: Int32, entry: Int32)] = []
    try run.forEach(in: run.inputs[0]) { item in
      groups.add(item.record)
      guard let (part, entry, issues) = lists.part(of: item.record) else {
        found.append((-1, -1))
        return try run.report(
          RecordIssue(
            .unlistedImage, at: item.record.location,
            "image '\(item.record.image.path)': expected it in one of the lists, found it in none"))
      }
      for issue in issues { try run.report(issue) }
      found.append((Int32(part), Int32(entry)))
    }
    for issue in lists.unused() { try run.report(issue) }
    var parts = try SplitParts(names, folder: folder, listForm: writeLists ? listForm : nil)
    var firstOfGroup: [Int: (part: Int32, entry: Int32)] = [:]
    var crossing: Set<Int> = []
    try run.forEach(in: run.inputs[0], isRepeated: true) { item in
      let (part, entry) = found[item.index]
      guard part >= 0 else { return }
      let group = groups.group(of: item.record)
      let first = firstOfGroup[group] ?? (part, entry)
      firstOfGroup[group] = first
      if first.part != part, crossing.insert(group).inserted {
        try run.report(
          RecordIssue(
            .crossingGroup, at: lists.location(Int(entry)),
            "group '\(groups.name(group))': expected it in one part, found it in \(names[Int(part)]), and by \(lists.location(Int(first.entry))) in \(names[Int(first.part)])"
          ))
      }
      try parts.write(item.record, to: Int(part), group: group)
    }
    let files = list.map { SourceLocation.fileName(of: $0.path) }
    return try finish(
      &parts,
      [("lists", .object(zip(list, files).map { ($0.part, .text($1)) }))])
  }

  /// Writes split.json.
  private func finish(
    _ parts: inout SplitParts, _ options: [(key: String, value: JSONValue)]
  ) throws -> [String] {
    let description =
      [(key: "schema", value: JSONValue.text("sixdof.split/1"))] + options
      + [(key: "by", value: .array(by.map { .text($0) }))]
    return try parts.finish(description: description, output: output.withoutSuffix("/"))
  }
}
