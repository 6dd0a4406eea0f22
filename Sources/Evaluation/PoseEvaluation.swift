internal import Geometry

/// Scores faces one by one, then summarises them. Of each face only the measured numbers are kept, two for each
/// metric.
public struct PoseEvaluation: Sendable {
  private let metrics: [PoseMetric]
  private let bins: YawBins?
  private let triangles: [SIMD3<Int32>]?
  /// One array for each metric; NaN where a face lacks what is measured.
  private var published: [[Double]]
  private var correct: [[Double]]
  private var binOfFace: [Int] = []

  /// - Parameters:
  ///   - method: whose metrics are measured.
  ///   - bins: by which yaw also gives groups; nil for none.
  ///   - triangles: those of the meshes, as 0-based vertices, for TRG's face size.
  public init(
    _ method: EvaluationProtocol, bins: YawBins? = nil, triangles: [SIMD3<Int32>]? = nil
  ) {
    metrics = method.metrics
    self.bins = bins
    self.triangles = triangles
    published = metrics.map { _ in [] }
    correct = published
  }

  /// How many faces were scored.
  public var count: Int { binOfFace.count }

  /// Scores the next face.
  public mutating func add(_ sample: FaceSample) {
    func pair(_ predicted: PoseNotation.Pose, _ angles: EulerAngles?) -> PosePair {
      PosePair(
        predicted: predicted, truth: sample.truth, shape: sample.shape,
        annotatedAngles: sample.annotatedAngles, predictedAngles: angles,
        img2PoseFit: sample.img2PoseFit,
        triangles: triangles)
    }
    for (i, metric) in metrics.enumerated() {
      published[i].append(
        sample.published.flatMap { metric.published?(pair($0, sample.publishedAngles)) } ?? .nan)
      correct[i].append(
        sample.correct.flatMap { metric.correct?(pair($0, sample.correctAngles)) } ?? .nan)
    }
    binOfFace.append(bins?.bin(of: sample.trueAngles.yaw) ?? 0)
  }

  /// The group of all faces, then one for each bin that has any.
  ///
  /// - Parameter bootstrap: how to draw confidence intervals; nil for none.
  public func groups(_ bootstrap: Bootstrap? = nil) -> [EvaluationReport.Group] {
    var groups = [
      EvaluationReport.Group(
        name: "all", bounds: nil, count: count, rows: rows(Array(0..<count), bootstrap))
    ]
    for bin in bins?.all ?? 0..<0 {
      let faces = (0..<count).filter { binOfFace[$0] == bin }
      guard let bins, !faces.isEmpty else { continue }
      groups.append(
        EvaluationReport.Group(
          name: bins.title(of: bin), bounds: bins.limits(of: bin), count: faces.count,
          rows: rows(faces, bootstrap)))
    }
    return groups
  }

  private func rows(_ faces: [Int], _ bootstrap: Bootstrap?) -> [EvaluationReport.Row] {
    let columns = (published + correct).enumerated().map { i, values in
      Column(faces.map { values[$0] }, metrics[i % metrics.count].summary)
    }
    let intervals = bootstrap?.intervals(of: faces.count) { weights in
      columns.map { $0.value(weights) }
    }
    let once = [Int32](repeating: 1, count: faces.count)
    let estimates = columns.enumerated().map { i, column -> EvaluationReport.Estimate? in
      guard column.presentCount > 0 else { return nil }
      return EvaluationReport.Estimate(
        value: column.value(once), interval: intervals?[i], count: column.presentCount)
    }
    return metrics.enumerated().map { i, metric in
      EvaluationReport.Row(
        name: metric.name, title: metric.title, unit: metric.unit, published: estimates[i],
        correct: estimates[metrics.count + i], difference: metric.difference)
    }
  }
}

/// The measured numbers of one metric; NaN where there is none.
private struct Column {
  let values: [Double]
  let summary: PoseMetric.Summary
  let presentCount: Int
  /// The indices of the numbers that are there, sorted by value; for medians only.
  private let order: [Int]

  init(_ values: [Double], _ summary: PoseMetric.Summary) {
    self.values = values
    self.summary = summary
    presentCount = values.count { !$0.isNaN }
    order =
      summary == .mean
      ? [] : values.indices.filter { !values[$0].isNaN }.sorted { values[$0] < values[$1] }
  }

  /// The mean or median where value i counts `weights[i]` times; NaN if no value counts.
  func value(_ weights: [Int32]) -> Double {
    switch summary {
    case .mean:
      var (sum, count) = (0.0, 0.0)
      for i in values.indices where !values[i].isNaN {
        sum += Double(weights[i]) * values[i]
        count += Double(weights[i])
      }
      return sum / count
    case .median:
      let total = order.reduce(0) { $0 + Int(weights[$1]) }
      guard total > 0 else { return .nan }
      return (value(at: (total - 1) / 2, weights) + value(at: total / 2, weights)) / 2
    }
  }

  /// The value at a place among the sorted, repeated values.
  private func value(at place: Int, _ weights: [Int32]) -> Double {
    var passed = 0
    for i in order {
      passed += Int(weights[i])
      if passed > place { return values[i] }
    }
    return .nan
  }
}
