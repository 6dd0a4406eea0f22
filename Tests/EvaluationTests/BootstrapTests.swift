import Testing

@testable import Evaluation

@Suite("Bootstrap intervals and bins")
struct BootstrapTests {
  @Test("percentiles lie between neighbours in proportion, as NumPy's")
  func percentiles() {
    #expect(Bootstrap.percentile(0.025, of: [1, 2, 3, 4, 5]).isNear(1.1))
    #expect(Bootstrap.percentile(0.975, of: [1, 2, 3, 4, 5]).isNear(4.9))
    #expect(Bootstrap.percentile(0.975, of: [7]) == 7)
  }

  @Test("draws are as many as samples, repeat with the seed, and differ without")
  func draws() {
    func weights(_ seed: UInt64) -> [[Int32]] {
      var all: [[Int32]] = []
      _ = Bootstrap(draws: 3, seed: seed).intervals(of: 50) {
        all.append($0)
        return []
      }
      return all
    }
    #expect(weights(1).allSatisfy { $0.reduce(0, +) == 50 })
    #expect(weights(1) == weights(1))
    #expect(weights(1) != weights(2))
    #expect(Set(weights(1)).count == 3)
  }

  @Test("the interval of a mean is about 2 x 1.96 standard errors wide")
  func width() throws {
    var evaluation = PoseEvaluation(.hopenet)
    // Errors 0, 0.1 ... 9.9: the standard error of their mean is 0.2887.
    for i in 0..<100 {
      evaluation.add(FaceSample(truth: pose(), predicted: pose(yaw: Double(i) / 10)))
    }
    let row = try #require(evaluation.groups(Bootstrap(draws: 2000, seed: 3))[0].rows.first)
    let interval = try #require(row.published?.interval)
    #expect((interval.upperBound - interval.lowerBound).isNear(1.13, within: 0.08))
    #expect(interval.contains(4.95))
  }

  @Test("a statistic that a draw lacks has no interval")
  func lacking() throws {
    var evaluation = PoseEvaluation(.hopenet)
    evaluation.add(FaceSample(truth: pose(), published: pose(), correct: nil))
    evaluation.add(FaceSample(truth: pose(), predicted: pose(yaw: 1)))
    let row = try #require(evaluation.groups(Bootstrap(draws: 200, seed: 3))[0].rows.first)
    #expect(row.published?.interval != nil)
    #expect(row.correct != nil && row.correct?.interval == nil)
  }

  @Test("a bin has its lower bound, the last one also its upper")
  func bins() throws {
    let plain = YawBins.standard
    #expect([0, -29.9, 30, 59, -60, 90, 90.1].map(plain.bin) == [0, 0, 1, 1, 2, 2, 3])
    let signed = try #require(YawBins(bounds: [-30, 0, 30]))
    #expect([-31, -30, -1, 0, 30, 31].map(signed.bin) == [-1, 0, 0, 1, 1, 2])
    #expect(plain.title(of: 1) == "|yaw| 30° to 60°")
    #expect(plain.title(of: 3) == "|yaw| above 90°")
    #expect(signed.title(of: -1) == "yaw below -30°")
    for bounds in [[], [1], [2, 1], [1, 1], [0, .nan], [0, .infinity]] {
      #expect(YawBins(bounds: bounds) == nil)
    }
  }

  @Test("every face is in one bin, those outside all bins too")
  func groups() {
    var evaluation = PoseEvaluation(.trg, bins: YawBins(bounds: [10, 20]))
    for yaw in [0.0, 5, 15, -12, 80] {
      evaluation.add(FaceSample(truth: pose(yaw: yaw), predicted: pose(yaw: yaw + 1)))
    }
    let groups = evaluation.groups()
    #expect(groups.map(\.count) == [5, 2, 2, 1])
    #expect(
      groups.map(\.name) == [
        "all", "|yaw| below 10°", "|yaw| 10° to 20°", "|yaw| above 20°",
      ])
  }
}
