internal import ArgumentParser
internal import Codecs
internal import Datasets
internal import Schema

struct Split: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Divide records into splits that share no person and no photo.",
    discussion: """
      Writes OUTPUT.NAME.jsonl for each NAME of --ratios, and with --lists OUTPUT.NAME.txt, the paths of \
      its images. Records whose faces name the same person or source photo stay together; so the ratios \
      are met as nearly as whole groups allow. The same records and seed give the same splits, in \
      whatever order the records are.

        sixdof split biwi.jsonl --ratios train=0.7,test=0.3 --output biwi
      """)

  @Argument(help: "The records; '-' is standard input.") var input: String
  @Option(help: "The splits and their shares, as NAME=NUMBER,NAME=NUMBER.")
  var ratios: Ratios = Ratios(shares: [("train", 0.8), ("val", 0.1), ("test", 0.1)])
  @Option(
    parsing: .upToNextOption,
    help: "Attributes of faces whose values must not cross: names of persons, photos or scenes.")
  var by: [String] = RecordGroups.usualAttributes
  @Option(help: "Another seed makes other splits.") var seed: UInt64 = 1
  @Flag(help: "Write lists of images' paths too.") var lists = false
  @Option(name: .shortAndLong, help: "The outputs' path without suffixes.") var output: String
  @Flag(help: "Stop at the first issue, and write nothing.") var strict = false

  /// Names with their shares.
  struct Ratios: ExpressibleByArgument {
    var shares: [GroupSplit.Share]

    init(shares: [(String, Double)]) {
      self.shares = shares.map { GroupSplit.Share(name: $0.0, weight: $0.1) }
    }

    init?(argument: String) {
      shares = []
      for part in argument.split(separator: ",", omittingEmptySubsequences: false) {
        let words = part.split(separator: "=", omittingEmptySubsequences: false)
        guard words.count == 2, let weight = Double(words[1]), weight > 0, weight.isFinite,
          !words[0].isEmpty, words[0].utf8.allSatisfy(Self.isPlain),
          !shares.contains(where: { $0.name == words[0] })
        else { return nil }
        shares.append(GroupSplit.Share(name: String(words[0]), weight: weight))
      }
    }

    /// Names become file names.
    private static func isPlain(_ byte: UInt8) -> Bool {
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "_"): true
      default: false
      }
    }

    var defaultValueDescription: String {
      shares.map { "\($0.name)=\($0.weight)" }.joined(separator: ",")
    }
  }

  func run() throws {
    try WholeOutput.make(output) { try split($0) }
  }

  private func split(_ run: borrowing WholeOutput) throws -> WholeOutput.ExitStatus {
    let file = try MappedFile(path: input)
    var status = WholeOutput.ExitStatus()
    var groups = RecordGroups(by: by)
    status.errors = try run.forEach(in: file, strict: strict) { groups.add($1) }
    let all = groups.groups
    let shares = ratios.shares
    guard all.count >= shares.count else {
      throw Failure(
        "\(input): expected at least \(Tally.count(shares.count, "group")) of records that share no person and no photo, found \(all.count)"
      )
    }
    let assignment = GroupSplit(shares: shares, seed: seed).assignment(of: all)
    let files = try shares.map {
      try OutputFile(path: run.workspace.path(".\($0.name).jsonl"))
    }
    let listFiles = try shares.map {
      lists ? try OutputFile(path: run.workspace.path(".\($0.name).txt")) : nil
    }
    var counts = [Int](repeating: 0, count: shares.count)
    var writer = JSONWriter()
    _ = try run.forEach(in: file, saysIssues: false) { _, record in
      guard let i = assignment[groups.group(of: record)] else { return }
      var record = record
      record.source.split = shares[i].name
      try files[i].write(record, with: &writer)
      try listFiles[i]?.write("\(record.image.path)\n".utf8)
      counts[i] += 1
    }
    for file in files + listFiles.compactMap({ $0 }) { try file.finish() }
    for (i, share) in shares.enumerated() {
      let number = assignment.values.count { $0 == i }
      status.lines.append(
        "wrote     \(output).\(share.name).jsonl: \(Tally.count(counts[i], "record")) of \(Tally.count(number, "group"))"
      )
    }
    return status
  }
}
