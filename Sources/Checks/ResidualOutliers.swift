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
public struct ResidualOutliers: PartedCheck {
  /// How many faces of a layout are reported one by one.
  static let greatestCount = 200

  private struct Candidate {
    /// Of the face, without detail and measure.
    var finding: Finding
    /// nil where another process has seen it.
    var record: ImageRecord?
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
      let residual = fit.relativeError
      defer { place += 1 }
      groups[layout, default: Group()].residuals.add(residual)
      guard residual > thresholds.outlyingResidual else { continue }
      let finding = Finding(.residualOutlier, in: record, face: index, measure: nil, "")
      add(
        Candidate(finding: finding, record: record, residual: residual, place: place),
        to: &groups[layout, default: Group()])
    }
  }

  private func add(_ candidate: Candidate, to group: inout Group) {
    if group.worst.count == Self.greatestCount {
      guard let last = group.worst.last, last.residual < candidate.residual else { return }
      group.worst.removeLast()
    }
    let index = group.worst.firstIndex { $0.residual < candidate.residual } ?? group.worst.count
    group.worst.insert(candidate, at: index)
  }

  /// By layout: the sketch of the residuals, and the worst faces with their places among the part's.
  public var state: JSONValue {
    .object(
      [("faces", .integer(place))]
        + Landmarks.Layout.allCases.compactMap { layout in
          groups[layout].map { group in
            (
              layout.rawValue,
              .object(
                group.residuals.json + [
                  (
                    "worst",
                    .array(
                      group.worst.map {
                        .array([.double($0.residual), .integer($0.place), $0.finding.json])
                      })
                  )
                ])
            )
          }
        })
  }

  public mutating func merge(_ state: JSONValue) -> Bool {
    guard let faces = state["faces"]?.wholeNumber else { return false }
    var more: [(layout: Landmarks.Layout, group: Group)] = []
    for layout in Landmarks.Layout.allCases {
      guard let json = state[layout.rawValue] else { continue }
      guard let residuals = QuantileSketch(json: json), let worst = json["worst"]?.elements else {
        return false
      }
      var group = Group(residuals: residuals)
      for entry in worst {
        guard let members = entry.elements, members.count == 3, let residual = members[0].number,
          let place = members[1].wholeNumber, let finding = Finding(json: members[2])
        else { return false }
        group.worst.append(
          Candidate(finding: finding, record: nil, residual: residual, place: self.place + place))
      }
      more.append((layout, group))
    }
    for (layout, other) in more {
      groups[layout, default: Group()].residuals.merge(other.residuals)
      for candidate in other.worst { add(candidate, to: &groups[layout, default: Group()]) }
    }
    place += faces
    return true
  }

  public mutating func finish(_ body: (DatasetFinding) throws -> Void) throws {
    for layout in Landmarks.Layout.allCases {
      guard let group = groups[layout] else { continue }
      for found in outliers(of: group, layout) { try body(found) }
    }
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
        var finding = candidate.finding
        finding.measure = score
        finding.detail +=
          "fit: expected a residual of at most \(limit.text) of the distance between the eyes as the dataset's others have, found \(candidate.residual.text) (median \(median.text), z-score \(score.text))"
        return DatasetFinding(finding, record: candidate.record)
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
