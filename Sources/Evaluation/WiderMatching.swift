public import Geometry

/// A detection in WIDER FACE's benchmark.
public struct ScoredBox: Sendable, Equatable {
  /// In pixels; the file's x, y, width and height.
  public var box: BoundingBox
  /// Any scale; higher is surer.
  public var score: Double

  /// A box and its score.
  public init(box: BoundingBox, score: Double) {
    self.box = box
    self.score = score
  }
}

/// The three lists of faces that count, by difficulty. FORMATS §1.3.
public enum WiderLevel: String, Sendable, CaseIterable { case easy, medium, hard }

/// What a detection is for one level, given the detections before it. FORMATS §12.7, step 2.
enum WiderOutcome: UInt8 {
  /// The first detection of a face in the level.
  case hit
  /// A detection of no face, or of a face that already has one.
  case falsePositive
  /// A detection of a face that does not count.
  case neutral
}

/// How the detections of one image match its faces.
///
/// A detection can only match the face that it overlaps most, so one of two overlapping faces may never be
/// matched: if all true boxes are given as detections, the result is below 1.
struct WiderMatching {
  /// The face that each detection overlaps most, the first of equal ones; nil below an overlap of 0.5.
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

  /// The outcome of each detection, if they are taken in a certain order.
  ///
  /// - Parameter counts: whether each face counts.
  /// - Returns: the outcomes in the detections' own order.
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
