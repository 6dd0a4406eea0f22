import TestSupport
import Testing

@testable import Datasets

@Suite("Splits by group")
struct GroupSplitTests {
  private let shares = [
    GroupSplit.Share(name: "train", weight: 8), .init(name: "val", weight: 1),
    .init(name: "test", weight: 1),
  ]

  private func groups(_ sizes: [Int]) -> [RecordGroups.Group] {
    sizes.enumerated().map { .init(number: $0 + 7, name: "person \($0)", count: $1) }
  }

  private func counts(_ groups: [RecordGroups.Group], _ assignment: [Int: Int]) -> [Int] {
    groups.reduce(into: [0, 0, 0]) { counts, group in
      counts[assignment[group.number] ?? 0] += group.count
    }
  }

  @Test("each part has its share to within the largest group", arguments: 1...20)
  func balance(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    let groups = groups((0..<60).map { _ in 1 + random.below(30) })
    let total = groups.reduce(0) { $0 + $1.count }
    let split = GroupSplit(shares: shares, seed: seed, rule: .balanced)
    let counts = counts(groups, split.assignment(of: groups))
    #expect(counts.reduce(0, +) == total)
    for (count, weight) in zip(counts, [0.8, 0.1, 0.1]) {
      #expect(abs(Double(count) - weight * Double(total)) <= 30)
    }
  }

  @Test("no part is empty while there are groups for all", arguments: 0...50)
  func noneEmpty(seed: UInt64) {
    let groups = groups([1000, 1, 1])
    let split = GroupSplit(shares: shares, seed: seed, rule: .balanced)
    #expect(Set(split.assignment(of: groups).values) == [0, 1, 2])
  }

  @Test("the order of groups is of no effect, the seed is", arguments: GroupSplit.Rule.allCases)
  func determinism(rule: GroupSplit.Rule) {
    let groups = groups(Array(repeating: 3, count: 200))
    let first = GroupSplit(shares: shares, seed: 1, rule: rule).assignment(of: groups)
    var random = SeededRandom(seed: 5)
    let again = GroupSplit(shares: shares, seed: 1, rule: rule)
      .assignment(of: groups.shuffled(using: &random))
    #expect(first == again)
    #expect(GroupSplit(shares: shares, seed: 2, rule: rule).assignment(of: groups) != first)
  }

  @Test("by the stable rule groups stay where they are when others come, and shares are about met")
  func stability() {
    let groups = groups(Array(repeating: 1, count: 4000))
    let split = GroupSplit(shares: shares, seed: 7, rule: .stable)
    let all = split.assignment(of: groups)
    let some = split.assignment(of: Array(groups[1000..<1100]))
    #expect(some.allSatisfy { all[$0.key] == $0.value })
    let counts = counts(groups, all)
    // Four standard deviations of a binomial draw.
    #expect(abs(counts[0] - 3200) < 4 * 26 && abs(counts[1] - 400) < 4 * 19)
  }
}
