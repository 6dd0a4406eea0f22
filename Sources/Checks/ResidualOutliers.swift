internal import Geometry
public import Schema

extension Check {
  static let residualOutlier = Check(
    "residual-outlier", .warning, "fit much worse than the others",
    threshold:
      "robust z-score of \(usualLimits.residualScore.text), and a residual of \(usualLimits.outlyingResidual.text)",
    "The landmarks differ from a face's as no others of the dataset do: look at these first.")
}

/// Finds fits whose residual is far from all others of their layout, in one pass and bounded memory: a sketch of
/// the residuals, and the worst faces.
///
/// The score is (x - median) / (1.4826 MAD), for residuals in fractions of the distance between the eyes. It
/// stays reliable if up to half of the faces are wrong (Iglewicz and Hoaglin, 1993).
public struct ResidualOutliers: DatasetCheck {
  /// How many faces of a layout are reported one by one.
  static let greatestCount = 200

  private struct Candidate {
    var record: ImageRecord
    var face: Int
    var residual: Double
    /// The order of arrival, which decides between equal residuals and orders the findings.
    var place: Int
  }

  private struct Group {
    var residuals = QuantileSketch()
    /// By falling residuals.
    var worst: [Candidate] = []
  }

  private let thresholds: CheckThresholds
  private var groups: [Landmarks.Layout: Group] = [:]
  private var place = 0

  /// A check that has seen no record.
  public init(thresholds: CheckThresholds = CheckThresholds()) { self.thresholds = thresholds }

  public mutating func add(_ record: ImageRecord, input: Int, image: ImageSummary?) {
    for (index, face) in record.faces.enumerated() {
      guard let fit = face.fit, let layout = face.landmarks?.layout else { continue }
      add(
        Candidate(record: record, face: index, residual: fit.relativeError, place: place),
        to: &groups[layout, default: Group()])
      place += 1
    }
  }

  private func add(_ candidate: Candidate, to group: inout Group) {
    group.residuals.add(candidate.residual)
    guard candidate.residual > thresholds.outlyingResidual else { return }
    if group.worst.count == Self.greatestCount {
      guard let last = group.worst.last, last.residual < candidate.residual else { return }
      group.worst.removeLast()
    }
    let index = group.worst.firstIndex { $0.residual < candidate.residual } ?? group.worst.count
    group.worst.insert(candidate, at: index)
  }

  public mutating func finish() -> [DatasetFinding] {
    var found: [DatasetFinding] = []
    for layout in Landmarks.Layout.allCases {
      if let group = groups[layout] { found += outliers(of: group, layout) }
    }
    return found
  }

  private func outliers(of group: Group, _ layout: Landmarks.Layout) -> [DatasetFinding] {
    guard Double(group.residuals.count) >= thresholds.residualFaces,
      let median = group.residuals.quantile(0.5),
      let deviation = group.residuals.medianDeviation(from: median)
    else { return [] }
    let limit = max(
      median + thresholds.residualScore * 1.4826 * deviation, thresholds.outlyingResidual)
    var found = group.worst.filter { $0.residual > limit }.sorted { $0.place < $1.place }
      .map { candidate in
        let score = (candidate.residual - median) / (1.4826 * deviation)
        return DatasetFinding(
          Finding(
            .residualOutlier, in: candidate.record, face: candidate.face, measure: score,
            "fit: expected a residual of at most \(limit.text) of the distance between the eyes as the dataset's others have, found \(candidate.residual.text) (median \(median.text), z-score \(score.text))"
          ), record: candidate.record)
      }
    let more = group.residuals.count(above: limit) - found.count
    if found.count == Self.greatestCount, more > 0 {
      found.append(
        DatasetFinding(
          .residualOutlier,
          "fits of \(layout.rawValue): expected residuals of at most \(limit.text), found about \(more) more faces above"
        ))
    }
    return found
  }
}
