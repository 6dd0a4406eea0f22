internal import Geometry
internal import Glibc

extension Array where Element == FaceDetection {
  /// The detections without those that overlap better ones, by descending score; equal scores keep their order.
  ///
  /// The choice is greedy, as in detectors: a face is dropped if a kept face with a higher score overlaps it by
  /// `limit` or more.
  func withoutOverlaps(above limit: Double) -> [FaceDetection] {
    placesWithoutOverlaps { $0 >= limit }.map { self[$0] }
  }

  /// The indices of the detections that are kept, by descending score.
  ///
  /// - Parameter isTooMuch: whether an intersection over union is too large; detectors differ in whether they
  ///   include their limit.
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

/// e to the power of a number, by the C library.
func exponential(_ number: Float) -> Float { expf(number) }
