import Testing

@testable import Pipeline

@Suite("Progress meter")
struct ProgressMeterTests {
  private func line(
    total: Int?, position: Int, done: Int, rejected: Int = 0, elapsed: Double
  ) -> String {
    ProgressMeter(style: .none, unit: "images", total: total)
      .line(position: position, done: done, rejected: rejected, elapsed: elapsed)
  }

  @Test("says count and rate where the whole is not known")
  func withoutTotal() {
    #expect(line(total: nil, position: 50, done: 500, elapsed: 4) == "500 images, 125/s")
    #expect(line(total: 0, position: 50, done: 500, elapsed: 4) == "500 images, 125/s")
  }

  @Test("draws a bar of 24 places, the share and the time that is left")
  func withTotal() {
    #expect(
      line(total: 400, position: 100, done: 10, elapsed: 20)
        == "[######..................] 25 %  10 images, 0/s, 1:00 left")
    #expect(
      line(total: 1000, position: 999, done: 90, elapsed: 9.99)
        == "[#######################.] 99 %  90 images, 9/s, 0:01 left")
    #expect(
      line(total: 1000, position: 1, done: 90, elapsed: 3.661)
        == "[........................] 0 %  90 images, 24/s, 60:58 left")
  }

  @Test("the end, and what is past it, is 100 %")
  func end() {
    let full = "[########################] 100 %  7 images, 3/s, 0:00 left"
    #expect(line(total: 10, position: 10, done: 7, elapsed: 2) == full)
    #expect(line(total: 10, position: 11, done: 7, elapsed: 2) == full)
  }

  @Test("says how many were rejected, if any")
  func rejected() {
    #expect(
      line(total: nil, position: 3, done: 3, rejected: 2, elapsed: 1)
        == "3 images, 3/s, 2 rejected")
    #expect(
      line(total: 4, position: 2, done: 3, rejected: 1, elapsed: 1)
        == "[############............] 50 %  3 images, 3/s, 0:01 left, 1 rejected")
  }

  @Test("a run that has just begun has a rate and no estimate")
  func start() {
    #expect(line(total: 10, position: 0, done: 0, elapsed: 0) == "0 images, 0/s")
  }
}
