/// Assigns whole groups to the parts of a split, so that each part gets about its share of the records.
public struct GroupSplit: Sendable {
  /// One part of a split.
  public struct Share: Sendable, Equatable {
    /// As the user named it, such as `train`.
    public var name: String
    /// Positive; the share is this weight divided by the sum of all weights.
    public var weight: Double

    /// A part with a positive weight.
    public init(name: String, weight: Double) {
      self.name = name
      self.weight = weight
    }
  }

  /// What decides where a group goes.
  public enum Rule: String, Sendable, CaseIterable {
    /// Groups are taken in an order that the seed and their names decide. Each goes to the part that lacks the
    /// most records. No part stays empty if there are enough groups.
    case balanced
    /// The seed and the group's name alone decide, so records that are added later move no others. The shares
    /// are met only as closely as chance allows.
    case stable
  }

  private let shares: [Share]
  private let seed: UInt64
  private let rule: Rule

  /// A split by a rule. The same seed gives the same split on every machine.
  ///
  /// - Precondition: there is at least one share, and all weights are positive.
  public init(shares: [Share], seed: UInt64, rule: Rule) {
    precondition(!shares.isEmpty && shares.allSatisfy { $0.weight > 0 }, "shares are positive")
    self.shares = shares
    self.seed = seed
    self.rule = rule
  }

  /// The index of the share of each group, by the group's number. The order of the groups has no influence.
  public func assignment(of groups: [RecordGroups.Group]) -> [Int: Int] {
    switch rule {
    case .balanced: balancedAssignment(of: groups)
    case .stable:
      Dictionary(uniqueKeysWithValues: groups.map { ($0.number, stableShare(of: $0.name)) })
    }
  }

  private var totalWeight: Double { shares.reduce(0) { $0 + $1.weight } }

  private func stableShare(of name: String) -> Int {
    // The top 53 bits make a double from 0 to below 1.
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

/// The number that a name draws; the same on every machine (FNV-1a, then SplitMix64).
func draw(_ name: String, seed: UInt64) -> UInt64 {
  var hash: UInt64 = 0xCBF2_9CE4_8422_2325
  for byte in name.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
  // The seed is mixed in twice; otherwise one name's draw under a seed could be another's under the next seed.
  var random = SeededRandom(seed: hash, item: 0)
  var mixed = SeededRandom(seed: seed ^ random.next(), item: 1)
  return mixed.next()
}
