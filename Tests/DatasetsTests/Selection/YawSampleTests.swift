import Geometry
import Schema
import TestSupport
import Testing

@testable import Datasets

@Suite("Samples by yaw")
struct YawSampleTests {
  @Test("the yaw is the canonical one, of the largest face with a pose")
  func yaw() {
    for degrees in stride(from: -85.0, through: 85, by: 17) {
      #expect(abs(pose(yaw: degrees).yawInDegrees - degrees) < 1e-12)
    }
    var two = record("a", [[:], [:], [:]], yaw: 10)
    two.faces[1].box = BoundingBox(x: 0, y: 0, width: 80, height: 80)
    two.faces[1].pose = pose(yaw: -40)
    two.faces[2].box = BoundingBox(x: 0, y: 0, width: 500, height: 500)
    two.faces[2].pose = nil
    #expect(abs((YawSample.yaw(of: two) ?? 0) + 40) < 1e-12)
    #expect(YawSample.yaw(of: record("b")) == nil)
  }

  @Test("a bin has its lower edge; the last has both")
  func bins() throws {
    let bins = try #require(YawBins(edges: [-60, -20, 0, 30]))
    let yaws = [-60.1, -60, -20.1, -20, 0, 29.9, 30, 30.1]
    #expect(yaws.map(bins.index) == [nil, 0, 0, 1, 2, 2, 2, nil])
    let usual = YawBins(count: 12)
    #expect(usual.edges.count == 15 && usual.edges.first == -180 && usual.edges.last == 180)
    #expect([-180, -90, 89.9, 90, 180].map(usual.index) == [0, 1, 12, 13, 13])
    for edges in [[], [1], [1, 1], [2, 1], [0, .infinity]] {
      #expect(YawBins(edges: edges) == nil)
    }
  }

  @Test("shares are equal as far as bins reach, and never more than asked for")
  func equalShares() {
    #expect(YawSample.equalShares(of: 12, from: [100, 2, 100, 0]) == [5, 2, 5, 0])
    #expect(YawSample.equalShares(of: 10, from: [2, 3]) == [2, 3])
    var random = SeededRandom(seed: 3)
    for _ in 0..<500 {
      let available = (0..<6).map { _ in random.below(20) }
      let size = random.below(80)
      let taken = YawSample.equalShares(of: size, from: available)
      #expect(taken.reduce(0, +) == min(size, available.reduce(0, +)))
      #expect(zip(taken, available).allSatisfy { $0 <= $1 })
      // A bin that has more to give gives within one of the most that any gives.
      let most = taken.max() ?? 0
      #expect(zip(taken, available).allSatisfy { $0 == $1 || $0 >= most - 1 })
    }
  }

  @Test("proportional shares are the exact ones to within one")
  func proportionalShares() {
    #expect(YawSample.proportionalShares(of: 10, from: [50, 30, 20]) == [5, 3, 2])
    #expect(YawSample.proportionalShares(of: 2, from: [1, 1, 1]) == [1, 1, 0])
    var random = SeededRandom(seed: 4)
    for _ in 0..<500 {
      let available = (0..<6).map { _ in random.below(20) }
      let (size, total) = (random.below(60), available.reduce(0, +))
      let taken = YawSample.proportionalShares(of: size, from: available)
      #expect(taken.reduce(0, +) == min(size, total))
      for (taken, available) in zip(taken, available) where size < total {
        #expect(abs(Double(taken) - Double(size * available) / Double(total)) < 1)
      }
    }
  }

  /// The places that a sample of records with these yaws has.
  private func places(
    _ records: [ImageRecord], _ size: Int, seed: UInt64 = 1, bins: Int = 6
  ) -> [Int] {
    var sample = YawSample(size, bins: YawBins(count: bins), seed: seed)
    for record in records { sample.add(record) }
    return sample.drawn(.equal).places.sorted()
  }

  @Test("what is drawn hangs on ids and seed, not on order or on how many are held")
  func draws() {
    var random = SeededRandom(seed: 8)
    let records = (0..<3000).map { record("\($0)", yaw: random.uniform(-80...80)) }
    let drawn = Set(places(records, 30).map { records[$0].id })
    #expect(drawn.count == 30)
    let shuffled = records.shuffled(using: &random)
    #expect(Set(places(shuffled, 30).map { shuffled[$0].id }) == drawn)
    #expect(Set(places(records, 30, seed: 2).map { records[$0].id }) != drawn)
    #expect(places(records, 3000).count == 3000)
  }

  @Test("records without a pose or outside of the bins are left out and counted")
  func leftOut() throws {
    var sample = YawSample(
      5, bins: try #require(YawBins(edges: [-30, 30])), seed: 1)
    for record in [record("a"), record("b", yaw: 10), record("c", yaw: 50), record("d", [])] {
      sample.add(record)
    }
    let (places, strata) = sample.drawn(.equal)
    #expect(places == [1] && strata == [.init(available: 1, taken: 1)])
    #expect(sample.withoutPose == 2 && sample.outsideBins == 1)
  }
}
