/// How far two angles in degrees are apart, as the papers' codes take it. FORMATS §12.1.
public enum AngleDifference {
  /// |a − b|: img2pose, Hopenet, PerspNet and TRG. Angles on both sides of ±180° are up to 360° apart.
  public static func unwrapped(_ a: Double, _ b: Double) -> Double { (a - b).magnitude }

  /// The shorter way round, from 0 to 180.
  public static func wrapped(_ a: Double, _ b: Double) -> Double {
    (a - b).remainder(dividingBy: 360).magnitude
  }

  /// The least of |a − b| with offsets of 0, ±180 and ±360: 6DRepNet's test. Half a turn costs nothing,
  /// so no two angles within ±180° are further apart than 90°.
  public static func forgivingHalfTurns(_ a: Double, _ b: Double) -> Double {
    [0.0, 180, -180, 360, -360].map { (a + $0 - b).magnitude }.min() ?? 0
  }
}
