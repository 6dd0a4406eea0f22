/// Gives whole groups to splits so that each has about its share of the records.
public struct GroupSplit: Sendable {
  public struct Share: Sendable, Equatable {
    public var name: String
    /// Relative to the sum of all.
    public var weight: Double

    public init(name: String, weight: Double) {
      self.name = name
      self.weight = weight
    }
  }

  private let shares: [Share]
  private let seed: UInt64

  /// - Precondition: there are shares, and their weights are positive.
  public init(shares: [Share], seed: UInt64) {
    precondition(!shares.isEmpty && shares.allSatisfy { $0.weight > 0 }, "shares are positive")
    self.shares = shares
    self.seed = seed
  }

  /// For each group's name the index of its share. The order of the groups is of no effect.
  ///
  /// Groups come in an order that the seed and their names decide; each goes where the most records are
  /// still missing. No share stays empty while there are groups for all.
  public func assignment(of groups: [RecordGroups.Group]) -> [String: Int] {
    let total = Double(groups.reduce(0) { $0 + $1.count })
    let weights = shares.reduce(0) { $0 + $1.weight }
    var missing = shares.map { total * $0.weight / weights }
    var empty = Set(shares.indices)
    var assignment: [String: Int] = [:]
    let order = groups.map { (group: $0, draw: draw($0.name, seed: seed)) }
      .sorted { ($0.draw, $0.group.name) < ($1.draw, $1.group.name) }
    for (i, entry) in order.enumerated() {
      let isLastChance = order.count - i <= empty.count
      let open = isLastChance ? shares.indices.filter(empty.contains) : Array(shares.indices)
      guard let best = open.max(by: { missing[$0] < missing[$1] }) else { continue }
      missing[best] -= Double(entry.group.count)
      empty.remove(best)
      assignment[entry.group.name] = best
    }
    return assignment
  }
}

/// A number that a name draws, the same on every machine (FNV-1a, then SplitMix64).
func draw(_ name: String, seed: UInt64) -> UInt64 {
  var hash: UInt64 = 0xCBF2_9CE4_8422_2325
  for byte in name.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
  var random = SeededRandom(seed: seed ^ hash, item: 0)
  return random.next()
}
