internal import Geometry
internal import Schema

/// How well predicted angles agree with the truth by each convention in which they may be meant. Numbers alone do not
/// tell a convention, so a better one is named and never taken.
struct AngleAgreement {
  private var sums: [EulerConvention: Double] = [:]
  private var count = 0
  /// A guess from fewer faces would be chance.
  private static let fewest = 8
  /// Another convention is named where the mean error is at most this part of that of the one in use.
  private static let clearlyLess = 0.7

  /// Compares the angles that a file gave, if it gave any, with the true rotation.
  mutating func add(_ face: Face, truth: Rotation) {
    guard let given = Self.givenAngles(of: face) else { return }
    count += 1
    for convention in EulerConvention.allCases {
      let rotation = convention.rotation(of: given.angles.inRadians)
      sums[convention, default: 0] += rotation.angle(to: truth) * 180 / .pi
    }
    used = given.convention
  }

  private var used: EulerConvention?

  /// A sentence on the convention that fits better than the one in use; nil where none does.
  func note(_ advice: (EulerConvention) -> String) -> String? {
    guard count >= Self.fewest, let used, let mine = sums[used],
      let best = sums.min(by: { ($0.value, $0.key.rawValue) < ($1.value, $1.key.rawValue) }),
      best.key != used, best.value <= Self.clearlyLess * mine
    else { return nil }
    func mean(_ sum: Double) -> String { "\((10 * sum / Double(count)).rounded() / 10)°" }
    return
      "angles: read as \(used.rawValue) they are \(mean(mine)) from the truth, as \(best.key.rawValue) \(mean(best.value)); \(advice(best.key))."
  }

  /// The angles in degrees that a face's source gave, and the convention in which they were read.
  private static func givenAngles(
    of face: Face
  ) -> (angles: EulerAngles, convention: EulerConvention)? {
    for convention in EulerConvention.allCases {
      if let angles = face.attributes.angles(convention) { return (angles, convention) }
    }
    return nil
  }
}
