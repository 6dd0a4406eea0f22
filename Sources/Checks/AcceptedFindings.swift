internal import Glibc
internal import Schema

/// Findings that a project has looked at and accepts, and which entries are in use.
public struct AcceptedFindings: Sendable {
  /// One entry of the settings. A nil member matches everything.
  public struct Entry: Sendable, Equatable {
    /// The id of the check.
    public var check: String
    /// A shell pattern for the record's id, with `*`, `?` and `[…]`; `*` also matches `/`.
    public var record: String?
    /// A shell pattern for the annotation file's name.
    public var file: String?
    /// The face's index, from 0.
    public var face: Int?
    /// Why the findings are accepted; never empty in settings that were read.
    public var reason: String

    /// An entry; members left out match everything.
    public init(
      check: String, record: String? = nil, file: String? = nil, face: Int? = nil, reason: String
    ) {
      (self.check, self.record, self.file) = (check, record, file)
      (self.face, self.reason) = (face, reason)
    }

    func matches(_ finding: Finding) -> Bool {
      guard check == finding.check.id, face == nil || face == finding.face else { return false }
      if let record {
        guard let id = finding.record, fnmatch(record, id, 0) == 0 else { return false }
      }
      return file.map { fnmatch($0, finding.location.file, 0) == 0 } ?? true
    }
  }

  /// In the order of the settings.
  public let entries: [Entry]
  /// The indices of entries that name a record without a pattern, by check and record; there may be many.
  private var named: [Key: [Int]] = [:]
  private var patterns: [Int] = []
  private var uses: [Bool]

  private struct Key: Hashable {
    var check: String
    var record: String
  }

  /// Entries of which none has been used yet.
  public init(_ entries: [Entry]) {
    self.entries = entries
    uses = Array(repeating: false, count: entries.count)
    for (i, entry) in entries.enumerated() {
      if let record = entry.record, !record.contains(where: { "*?[\\".contains($0) }) {
        named[Key(check: entry.check, record: record), default: []].append(i)
      } else {
        patterns.append(i)
      }
    }
  }

  mutating func accepts(_ finding: Finding) -> Bool {
    guard !entries.isEmpty else { return false }
    let exact = finding.record.flatMap { named[Key(check: finding.check.id, record: $0)] } ?? []
    guard let index = (exact + patterns).first(where: { entries[$0].matches(finding) }) else {
      return false
    }
    uses[index] = true
    return true
  }

  /// The entries that accepted nothing, with their number counted from 1.
  public var unused: [(number: Int, entry: Entry)] {
    entries.enumerated().filter { !uses[$0.offset] }.map { ($0.offset + 1, $0.element) }
  }
}
