/// The curve that has a point at every score.
struct WiderExactCurve {
  private struct Step {
    var score: Double
    var image: Int32
    var isHit: Bool
  }

  /// Detections by falling scores, without neutral ones.
  private let steps: [Step]

  init(scores: [Double], images: [Int32], outcomes: [WiderOutcome]) {
    steps = scores.indices.filter { outcomes[$0] != .neutral }
      .map { Step(score: scores[$0], image: images[$0], isHit: outcomes[$0] == .hit) }
      .sorted { ($1.score, $0.image) < ($0.score, $1.image) }
  }

  /// The average precision where image i counts `weights[i]` times.
  func area(_ weights: [Int32], faces: [Int32]) -> Double {
    let count = weighted(faces, weights)
    guard count > 0 else { return .nan }
    var curve: [(recall: Double, precision: Double)] = []
    var (proposed, found) = (0, 0)
    for (i, step) in steps.enumerated() {
      let weight = Int(weights[Int(step.image)])
      proposed += weight
      if step.isHit { found += weight }
      // No threshold separates equal scores.
      if i + 1 < steps.count, steps[i + 1].score == step.score { continue }
      curve.append((Double(found) / count, Double(found) / Double(proposed)))
    }
    return PrecisionRecall.area(curve)
  }
}
