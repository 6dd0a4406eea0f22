import Checks
import Geometry
import Schema
import TestSupport
import Testing

@Suite("Checks of the whole dataset")
struct DatasetCheckTests {
  /// A stream of records with residuals that vary a little, all of one layout.
  private func outliers(_ residuals: [Double]) throws -> [DatasetFinding] {
    var check: any DatasetCheck = ResidualOutliers()
    for (i, residual) in residuals.enumerated() {
      var record = CheckedFace.record()
      record.source.line = i + 1
      record.faces[0].fit?.reprojectionError = residual * 100
      record.faces[0].fit?.interocularDistance = 100
      try check.add(record, input: 0, image: nil)
    }
    return try check.finish()
  }

  private func residuals(_ count: Int) -> [Double] {
    var numbers = SeededRandom(seed: 4)
    return (0..<count).map { _ in numbers.uniform(0.03...0.07) }
  }

  @Test("a fit that is far from the others is found, with its score and record")
  func outlier() throws {
    let found = try outliers(residuals(80) + [0.5] + residuals(20))
    #expect(found.count == 1)
    let only = try #require(found.first)
    #expect(only.finding.check.id == "residual-outlier")
    #expect(only.finding.location == SourceLocation(file: "faces.txt", line: 81))
    #expect(only.record?.location.line == 81)
    #expect(try #require(only.finding.measure) > 25)
  }

  @Test("few fits, even ones, and spread ones have no outlier")
  func noOutlier() throws {
    #expect(try outliers(residuals(20) + [0.5]).isEmpty)
    #expect(try outliers(residuals(100)).isEmpty)
    #expect(try outliers(Array(repeating: 1e-9, count: 99) + [0.1]).isEmpty)
  }

  @Test("of more outliers than are told one by one the worst are told, and the others counted")
  func manyOutliers() throws {
    let found = try outliers(residuals(1000) + (0..<260).map { 0.5 + 0.001 * Double($0) })
    #expect(found.count == 201)
    #expect(found.compactMap { $0.finding.location.line }.min() == 1061)
    let last = try #require(found.last)
    #expect(last.record == nil)
    #expect(last.finding.detail.hasSuffix("found about 60 more faces above"))
  }

  private func grid(_ records: [ImageRecord]) throws -> [String] {
    var check: any DatasetCheck = IntegerLandmarks()
    for record in records { try check.add(record, input: 0, image: nil) }
    return try check.finish().map(\.finding.detail)
  }

  @Test("landmarks that are all whole pixels are found, one fraction is enough against it")
  func integerGrid() throws {
    let rounded = CheckedFace.record { $0.faces[0].mapLandmarks { $0.rounded(.up) } }
    #expect(
      try grid(Array(repeating: rounded, count: 40)) == [
        "landmarks of face-5: expected some between whole pixels, found none of 200"
      ])
    #expect(try grid(Array(repeating: rounded, count: 39)).isEmpty)
    #expect(try grid(Array(repeating: rounded, count: 40) + [CheckedFace.record()]).isEmpty)
  }

  private func balance(_ yaws: [Double]) throws -> [Finding] {
    var check: any DatasetCheck = YawBalance()
    for yaw in yaws {
      try check.add(CheckedFace.record(rotation: [0, yaw * .pi / 180, 0]), input: 0, image: nil)
    }
    return try check.finish().map(\.finding)
  }

  @Test("yaws that are hardly there are found in sets that are large enough")
  func yawBalance() throws {
    let even = (0..<600).map { Double($0 % 6) * 30 - 75 }
    #expect(try balance(even).isEmpty)
    #expect(try balance(even.filter { $0 < 60 }).map(\.check.id) == ["yaw-balance"])
    #expect(try balance(Array(even.filter { $0 < 60 }.prefix(400))).isEmpty)
  }
}
