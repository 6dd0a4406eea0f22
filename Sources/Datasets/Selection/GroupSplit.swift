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
    var assigner = assigner(
      groups: groups.count, records: groups.reduce(0) { $0 + $1.count })
    var assignment: [Int: Int] = [:]
    let order = groups.map { (group: $0, draw: draw(of: $0.name)) }
      .sorted { ($0.draw, $0.group.name) < ($1.draw, $1.group.name) }
    for entry in order {
      assignment[entry.group.number] = assigner.share(
        ofGroupOf: entry.group.count, draw: entry.draw)
    }
    return assignment
  }

  private var totalWeight: Double { shares.reduce(0) { $0 + $1.weight } }

  /// The number by which a group of a name is drawn; the same on every machine.
  public func draw(of name: String) -> UInt64 { Datasets.draw(name, seed: seed) }

  /// Takes groups one after the other, in ascending order of `draw(of:)`.
  ///
  /// - Parameters:
  ///   - groups: how many there will be.
  ///   - records: how many they have together.
  public func assigner(groups: Int, records: Int) -> Assigner {
    let weights = totalWeight
    let missing = shares.map { Double(records) * $0.weight / weights }
    var stable: ((UInt64) -> Int)?
    if rule == .stable { stable = { self.stableShare(ofDraw: $0) } }
    return Assigner(missing: missing, groups: groups, stableShare: stable)
  }

  /// Gives groups to shares.
  public struct Assigner {
    private var missing: [Double]
    private var empty: Set<Int>
    private var left: Int
    private let stableShare: ((UInt64) -> Int)?

    fileprivate init(missing: [Double], groups: Int, stableShare: ((UInt64) -> Int)?) {
      (self.missing, left, self.stableShare) = (missing, groups, stableShare)
      empty = Set(missing.indices)
    }

    /// The index of the next group's share.
    ///
    /// - Parameters:
    ///   - count: how many records it has.
    ///   - draw: its number.
    public mutating func share(ofGroupOf count: Int, draw: UInt64) -> Int {
      if let stableShare { return stableShare(draw) }
      let isLastChance = left <= empty.count
      let open = missing.indices.filter { !isLastChance || empty.contains($0) }
      left -= 1
      guard let best = open.max(by: { missing[$0] < missing[$1] }) else { return 0 }
      missing[best] -= Double(count)
      empty.remove(best)
      return best
    }
  }

  private func stableShare(ofDraw draw: UInt64) -> Int {
    // The top 53 bits make a double from 0 to below 1.
    var rest = Double(draw >> 11) * 0x1p-53 * totalWeight
    for (i, share) in shares.enumerated() {
      rest -= share.weight
      if rest < 0 { return i }
    }
    return shares.count - 1
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
