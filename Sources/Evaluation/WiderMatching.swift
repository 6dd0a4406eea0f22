public import Geometry

/// A detection of WIDER FACE's benchmark.
public struct ScoredBox: Sendable, Equatable {
  public var box: BoundingBox
  public var score: Double

  public init(box: BoundingBox, score: Double) {
    self.box = box
    self.score = score
  }
}

/// The three lists of faces that count. FORMATS §1.3.
public enum WiderLevel: String, Sendable, CaseIterable { case easy, medium, hard }

/// What a detection is to one level, given those before it. FORMATS §12.7, step 2.
enum WiderOutcome: UInt8 {
  /// The first one on a face of the level.
  case hit
  /// On no face, or on one that is taken.
  case falsePositive
  /// On a face that does not count.
  case neutral
}

/// How one image's detections match its faces.
///
/// Only the face that a detection overlaps most can match it, so that of two overlapping faces one may
/// be out of reach: all true boxes as detections score less than 1.
struct WiderMatching {
  /// The face that each detection overlaps most, the first of equals; nil below an overlap of 0.5.
  private let faceOfDetection: [Int?]
  private let faceCount: Int

  init(faces: [BoundingBox], detections: [ScoredBox]) {
    faceCount = faces.count
    faceOfDetection = detections.map { detection in
      var best: Int?
      var greatest = -1.0
      for (i, face) in faces.enumerated() {
        let overlap = PixelOverlap.of(detection.box, face)
        if overlap > greatest { (best, greatest) = (i, overlap) }
      }
      return greatest >= 0.5 ? best : nil
    }
  }

  /// The outcome of each detection, taken in this order.
  ///
  /// - Parameter counts: whether each face counts.
  /// - Returns: by the detections' own places.
  func outcomes(order: [Int], counts: [Bool]) -> [WiderOutcome] {
    var isTaken = [Bool](repeating: false, count: faceCount)
    var outcomes = [WiderOutcome](repeating: .falsePositive, count: order.count)
    for i in order {
      guard let face = faceOfDetection[i] else { continue }
      if !counts[face] {
        outcomes[i] = .neutral
      } else if !isTaken[face] {
        isTaken[face] = true
        outcomes[i] = .hit
      }
    }
    return outcomes
  }
}
