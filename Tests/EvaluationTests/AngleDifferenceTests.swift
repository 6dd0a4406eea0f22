import Testing

@testable import Evaluation

@Suite("Differences of angles")
struct AngleDifferenceTests {
  @Test(
    "two angles on both sides of 180° are far apart, near, or nothing, as the code has it",
    arguments: [
      (179.0, -179.0, 358.0, 2.0, 2.0), (0, 180, 180, 180, 0), (10, -20, 30, 30, 30),
      (-90, 90, 180, 180, 0), (170, 0, 170, 170, 10), (5, 5, 0, 0, 0), (100, 0, 100, 100, 80),
    ])
  func differences(a: Double, b: Double, plain: Double, round: Double, forgiving: Double) {
    #expect(AngleDifference.unwrapped(a, b) == plain)
    #expect(AngleDifference.wrapped(a, b) == round)
    #expect(AngleDifference.forgivingHalfTurns(a, b) == forgiving)
  }
}
