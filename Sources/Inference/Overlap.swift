internal import Geometry
internal import Glibc

extension Array where Element == FaceDetection {
  /// The best of those that overlap each other, by descending score; equal scores stay in their order.
  ///
  /// Greedy, as detectors do it: a face goes if one of higher score that stays overlaps it by `limit` or more.
  func withoutOverlaps(above limit: Double) -> [FaceDetection] {
    placesWithoutOverlaps { $0 >= limit }.map { self[$0] }
  }

  /// The places of those that stay, by descending score.
  ///
  /// - Parameter isTooMuch: of an intersection over union; detectors differ in whether their limit is included.
  func placesWithoutOverlaps(_ isTooMuch: (Double) -> Bool) -> [Int] {
    let order = indices.sorted { (self[$1].score, $0) < (self[$0].score, $1) }
    var kept: [Int] = []
    for i in order
    where !kept.contains(where: {
      isTooMuch(self[$0].box.intersectionOverUnion(self[i].box))
    }) {
      kept.append(i)
    }
    return kept
  }
}

/// e to the power of a number, as the C library has it.
func exponential(_ number: Float) -> Float { expf(number) }
