/// The published curve: 1,000 thresholds on scores that are scaled to 0...1 over the whole dataset. FORMATS
/// §12.7, steps 1, 3 and 4.
///
/// At a threshold an image contributes all detections up to the last one in its file that passes. So its
/// contribution changes only where that last one changes; these changes are kept.
struct WiderStepCurve {
  private struct Change {
    var image: Int32
    var threshold: Int32
    var proposals: Int32
    var hits: Int32
  }

  private static let thresholds = 1000
  private let changes: [Change]

  /// - Parameter images: the image of each detection, in rising order.
  init(scores: [Double], images: [Int32], outcomes: [WiderOutcome]) {
    let least = scores.reduce(1, min)
    let greatest = scores.reduce(0, max)
    var changes: [Change] = []
    var start = 0
    while start < scores.count {
      let end = images[start...].firstIndex { $0 != images[start] } ?? scores.count
      // The threshold that each detection passes first, and the counts up to it.
      var passing: [(threshold: Int, place: Int)] = []
      var totals: [(proposals: Int32, hits: Int32)] = [(0, 0)]
      for i in start..<end {
        let (proposals, hits) = totals[totals.count - 1]
        totals.append(
          (
            proposals + (outcomes[i] == .neutral ? 0 : 1), hits + (outcomes[i] == .hit ? 1 : 0)
          ))
        let score = (scores[i] - least) / (greatest - least)
        if let threshold = Self.firstThreshold(score) { passing.append((threshold, i - start)) }
      }
      passing.sort { ($0.threshold, $0.place) < ($1.threshold, $1.place) }
      var last = -1
      for (threshold, place) in passing where place > last {
        let (before, after) = (totals[last + 1], totals[place + 1])
        changes.append(
          Change(
            image: images[start], threshold: Int32(threshold),
            proposals: after.proposals - before.proposals, hits: after.hits - before.hits))
        last = place
      }
      start = end
    }
    self.changes = changes
  }

  /// The first of the falling thresholds that a score reaches; nil for NaN, which reaches none.
  private static func firstThreshold(_ score: Double) -> Int? {
    guard !score.isNaN else { return nil }
    func threshold(_ t: Int) -> Double { 1 - Double(t + 1) / Double(thresholds) }
    // Rounding decides near the quotient, so the search begins a little before it.
    var t = min(max(Int((1 - score) * Double(thresholds)) - 3, 0), thresholds - 1)
    while t < thresholds, score < threshold(t) { t += 1 }
    return t < thresholds ? t : nil
  }

  /// The average precision where image i counts `weights[i]` times.
  func area(_ weights: [Int32], faces: [Int32]) -> Double {
    var proposals = [Int](repeating: 0, count: Self.thresholds)
    var hits = proposals
    for change in changes {
      let weight = Int(weights[Int(change.image)])
      proposals[Int(change.threshold)] += weight * Int(change.proposals)
      hits[Int(change.threshold)] += weight * Int(change.hits)
    }
    let count = weighted(faces, weights)
    guard count > 0 else { return .nan }
    var (proposed, found) = (0, 0)
    return PrecisionRecall.area(
      (0..<Self.thresholds).map { t in
        proposed += proposals[t]
        found += hits[t]
        return (Double(found) / count, Double(found) / Double(proposed))
      })
  }
}
