internal import Schema

/// Issues by kind: how many there are of each, and the first few, so that what every image has does not bury
/// what one has.
struct IssueDigest {
  private struct Kind {
    var count = 0
    var first: [RecordIssue] = []
  }

  /// How many of a kind are told singly.
  static let told = 3

  private var kinds: [RecordIssue.Code: Kind] = [:]

  /// - Returns: whether it is among the first of its kind.
  @discardableResult
  mutating func add(_ issue: RecordIssue) -> Bool {
    let isFirst = (kinds[issue.code]?.count ?? 0) < Self.told
    kinds[issue.code, default: Kind()].count += 1
    if isFirst { kinds[issue.code]?.first.append(issue) }
    return isFirst
  }

  /// Counts issues that are told elsewhere.
  mutating func add(_ code: RecordIssue.Code, count: Int) {
    kinds[code, default: Kind()].count += count
  }

  /// Adds what another digest has; of the first few of each kind, its own come first.
  mutating func merge(_ other: Self) {
    for (code, kind) in other.kinds {
      kinds[code, default: Kind()].count += kind.count
      let room = Self.told - (kinds[code]?.first.count ?? 0)
      kinds[code]?.first += kind.first.prefix(max(0, room))
    }
  }

  var counts: [RecordIssue.Code: Int] { kinds.mapValues(\.count) }

  func count(_ severity: RecordIssue.Severity) -> Int {
    kinds.reduce(0) { $0 + ($1.key.severity == severity ? $1.value.count : 0) }
  }

  /// The first few of each kind and how many more there are: errors before warnings, then what is most frequent.
  ///
  /// - Parameter areTold: whether the first few were told when they came.
  func lines(areTold: Bool = false) -> [String] {
    let order = kinds.sorted { left, right in
      if left.key.severity != right.key.severity { return left.key.severity == .error }
      return (right.value.count, left.key.rawValue) < (left.value.count, right.key.rawValue)
    }
    return order.flatMap { code, kind in
      var lines = areTold ? [] : kind.first.map { "  \($0.severity.rawValue): \($0)" }
      let more = kind.count - kind.first.count
      if more > 0 {
        let what = kind.first.isEmpty ? "" : "and "
        lines.append(
          "  \(what)\(more)\(kind.first.isEmpty ? "" : " more") of this kind (\(code.rawValue))")
      }
      return lines
    }
  }
}
