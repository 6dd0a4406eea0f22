/// The difference of two angles in degrees, as the papers' codes compute it. FORMATS §12.1.
public enum AngleDifference {
  /// |a − b|, as in img2pose, Hopenet, PerspNet and TRG. Angles on both sides of ±180° differ by up to 360°.
  public static func unwrapped(_ a: Double, _ b: Double) -> Double { (a - b).magnitude }

  /// The shorter way round, from 0 to 180.
  public static func wrapped(_ a: Double, _ b: Double) -> Double {
    (a - b).remainder(dividingBy: 360).magnitude
  }

  /// The least |a − b| with offsets of 0, ±180 and ±360, as in 6DRepNet's test. Half a turn costs nothing, so
  /// two angles within ±180° never differ by more than 90°.
  public static func forgivingHalfTurns(_ a: Double, _ b: Double) -> Double {
    [0.0, 180, -180, 360, -360].map { (a + $0 - b).magnitude }.min() ?? 0
  }
}
