public import Geometry

/// Average precision of WIDER FACE at an overlap of 0.5: as RetinaFace's Python tool computes it, and
/// without that tool's steps. FORMATS §12.7.
public struct WiderEvaluation: Sendable {
  /// The levels that are scored, in the order of the report.
  public let levels: [WiderLevel]
  /// Scores of the detections of all images, one image after the other, in the order of their files.
  private var scores: [Double] = []
  private var imageOfDetection: [Int32] = []
  /// For each level and detection its outcome, in the file's order and in the order of falling scores.
  private var asRead: [[WiderOutcome]]
  private var sorted: [[WiderOutcome]]
  /// For each level and image the number of faces that count.
  private var faceCounts: [[Int32]]

  /// How many images were added.
  public private(set) var imageCount = 0
  /// How many images have detections that are not sorted by falling scores.
  public private(set) var unsortedImages = 0
  /// How many detections all images have.
  public var detectionCount: Int { scores.count }

  /// An evaluation of no image yet.
  public init(levels: [WiderLevel]) {
    self.levels = levels
    asRead = levels.map { _ in [] }
    sorted = levels.map { _ in [] }
    faceCounts = levels.map { _ in [] }
  }

  /// The number of faces that count in a level.
  public func faceCount(_ level: WiderLevel) -> Int {
    levels.firstIndex(of: level).map { faceCounts[$0].reduce(0) { $0 + Int($1) } } ?? 0
  }

  /// Adds an image.
  ///
  /// - Parameters:
  ///   - faces: all annotated boxes. If there are none, the dummy of WIDER FACE's files is used, a box of zeros
  ///     that does not count; all detections of the image are then false positives.
  ///   - counts: for each level, whether each face counts.
  ///   - detections: in the order of their file.
  public mutating func add(faces: [BoundingBox], counts: [[Bool]], detections: [ScoredBox]) {
    let isEmpty = faces.isEmpty
    let faces = isEmpty ? [BoundingBox(left: 0, top: 0, right: 0, bottom: 0)] : faces
    let matching = WiderMatching(faces: faces, detections: detections)
    let places = Array(detections.indices)
    let byScore = places.sorted { (detections[$1].score, $0) < (detections[$0].score, $1) }
    if byScore != places { unsortedImages += 1 }
    for level in levels.indices {
      let counts = isEmpty ? [false] : counts[level]
      asRead[level] += matching.outcomes(order: places, counts: counts)
      sorted[level] += matching.outcomes(order: byScore, counts: counts)
      faceCounts[level].append(Int32(counts.count { $0 }))
    }
    scores += detections.map(\.score)
    imageOfDetection += places.map { _ in Int32(imageCount) }
    imageCount += 1
  }

  private static let difference =
    "AP: the published tool takes detections in their file's order, scales scores to 0...1 over the whole set (equal scores divide 0 by 0, and then no detection passes) and looks at 1,000 thresholds; correct sorts each image's detections and has a point at every score."

  /// A group of all images, with a row for each level.
  ///
  /// - Parameter bootstrap: how to draw confidence intervals; nil for none.
  public func group(_ bootstrap: Bootstrap? = nil) -> EvaluationReport.Group {
    EvaluationReport.Group(name: "all", count: imageCount, rows: rows(bootstrap))
  }

  private func rows(_ bootstrap: Bootstrap?) -> [EvaluationReport.Row] {
    let curves = levels.indices.map { level in
      (
        steps: WiderStepCurve(
          scores: scores, images: imageOfDetection, outcomes: asRead[level]),
        exact: WiderExactCurve(
          scores: scores, images: imageOfDetection, outcomes: sorted[level]),
        faces: faceCounts[level]
      )
    }
    func values(_ weights: [Int32]) -> [Double] {
      curves.flatMap { curve in
        [
          curve.steps.area(weights, faces: curve.faces),
          curve.exact.area(weights, faces: curve.faces),
        ]
      }
    }
    let found = values([Int32](repeating: 1, count: imageCount))
    let intervals = bootstrap?.intervals(of: imageCount, values)
    return levels.enumerated().map { i, level in
      func estimate(_ place: Int) -> EvaluationReport.Estimate? {
        found[place].isNaN
          ? nil
          : EvaluationReport.Estimate(
            value: found[place], interval: intervals?[place], count: faceCount(level))
      }
      return EvaluationReport.Row(
        name: "ap_\(level.rawValue)", title: "AP \(level.rawValue)", unit: "",
        published: estimate(2 * i), correct: estimate(2 * i + 1), difference: Self.difference)
    }
  }
}

/// The number of faces that count, where image i counts `weights[i]` times.
func weighted(_ faces: [Int32], _ weights: [Int32]) -> Double {
  var sum = 0
  for i in faces.indices { sum += Int(faces[i]) * Int(weights[i]) }
  return Double(sum)
}
