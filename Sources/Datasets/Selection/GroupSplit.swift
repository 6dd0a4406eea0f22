/// Gives whole groups to the parts of a split so that each has about its share of the records.
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

  /// What decides where a group goes.
  public enum Rule: String, Sendable, CaseIterable {
    /// Groups come in an order that the seed and their names decide; each goes where the most records are
    /// still missing. No part stays empty while there are groups for all.
    case balanced
    /// The seed and the group's name alone, so that records added later move no others. Shares are met
    /// as nearly as chance has it.
    case stable
  }

  private let shares: [Share]
  private let seed: UInt64
  private let rule: Rule

  /// - Precondition: there are shares, and their weights are positive.
  public init(shares: [Share], seed: UInt64, rule: Rule) {
    precondition(!shares.isEmpty && shares.allSatisfy { $0.weight > 0 }, "shares are positive")
    self.shares = shares
    self.seed = seed
    self.rule = rule
  }

  /// For each group's number the index of its share. The order of the groups is of no effect.
  public func assignment(of groups: [RecordGroups.Group]) -> [Int: Int] {
    switch rule {
    case .balanced: balancedAssignment(of: groups)
    case .stable:
      Dictionary(uniqueKeysWithValues: groups.map { ($0.number, stableShare(of: $0.name)) })
    }
  }

  private var totalWeight: Double { shares.reduce(0) { $0 + $1.weight } }

  private func stableShare(of name: String) -> Int {
    // The top 53 bits are a double from 0 to below 1.
    var rest = Double(draw(name, seed: seed) >> 11) * 0x1p-53 * totalWeight
    for (i, share) in shares.enumerated() {
      rest -= share.weight
      if rest < 0 { return i }
    }
    return shares.count - 1
  }

  private func balancedAssignment(of groups: [RecordGroups.Group]) -> [Int: Int] {
    let total = Double(groups.reduce(0) { $0 + $1.count })
    let weights = totalWeight
    var missing = shares.map { total * $0.weight / weights }
    var empty = Set(shares.indices)
    var assignment: [Int: Int] = [:]
    let order = groups.map { (group: $0, draw: draw($0.name, seed: seed)) }
      .sorted { ($0.draw, $0.group.name) < ($1.draw, $1.group.name) }
    for (i, entry) in order.enumerated() {
      let isLastChance = order.count - i <= empty.count
      let open = isLastChance ? shares.indices.filter(empty.contains) : Array(shares.indices)
      guard let best = open.max(by: { missing[$0] < missing[$1] }) else { continue }
      missing[best] -= Double(entry.group.count)
      empty.remove(best)
      assignment[entry.group.number] = best
    }
    return assignment
  }
}

/// A number that a name draws, the same on every machine (FNV-1a, then SplitMix64).
func draw(_ name: String, seed: UInt64) -> UInt64 {
  var hash: UInt64 = 0xCBF2_9CE4_8422_2325
  for byte in name.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
  // The seed goes in twice, or else a name would draw under one seed what another draws under the next.
  var random = SeededRandom(seed: hash, item: 0)
  var mixed = SeededRandom(seed: seed ^ random.next(), item: 1)
  return mixed.next()
}
