internal import Codecs
internal import Datasets
internal import Evaluation
internal import Foundation
internal import Geometry
internal import Pipeline
internal import Schema

extension Evaluate {
  /// WIDER FACE's average precision. The truth is held whole: .mat files have to be anyway.
  func widerReport(_ findings: inout Findings, _ stop: StopFlag) throws -> EvaluationReport {
    let images = try widerTruth(&findings, stop)
    let levels = WiderLevel.allCases.filter { level in
      images.contains { $0.faces.contains { Self.counts($0, in: level) != nil } }
    }
    guard !levels.isEmpty else {
      throw Failure(
        "\(truth.joined(separator: ", ")): expected faces of the levels easy, medium or hard, found none; give the benchmark's wider_easy_val.mat, wider_medium_val.mat and wider_hard_val.mat"
      )
    }
    var predictions = try WiderPredictions(path: predictions, pairing: pair, findings: &findings)
    var evaluation = WiderEvaluation(levels: levels)
    for image in images {
      try stop.check()
      let detections = try predictions.detections(for: image, findings: &findings)
      evaluation.add(
        faces: image.faces.map(\.box),
        counts: levels.map { level in image.faces.map { Self.counts($0, in: level) ?? false } },
        detections: detections ?? [])
    }
    try predictions.reportUnused(&findings)
    guard predictions.pairedCount > 0 else {
      for line in findings.summaryLines(issuesFile: nil) { say(line) }
      throw Failure(
        "\(self.predictions): expected predictions of the truth's \(counted(images.count, "image")), found none"
      )
    }
    var notes: [String] = []
    if evaluation.unsortedImages > 0 {
      notes.append(
        "order: \(counted(evaluation.unsortedImages, "image")) list detections in another order than that of falling scores, on which the published tool relies."
      )
    }
    return EvaluationReport(
      method: method, pairing: predictions.description, bootstrap: intervals,
      counts: [
        .init("images", "images", images.count),
        .init("detections", "detections", evaluation.detectionCount),
      ]
        + levels.map {
          .init("faces_\($0.rawValue)", "\($0.rawValue) faces", evaluation.faceCount($0))
        },
      groups: [evaluation.group(intervals)], notes: notes)
  }

  private func widerTruth(_ findings: inout Findings, _ stop: StopFlag) throws -> [ImageRecord] {
    var options = ReadingOptions(dataset: Dataset.widerFace.rawValue)
    options.native = .none
    var source: any AnnotationSource =
      try truth.count == 1 && isRecords(truth[0])
      ? RecordFile(path: truth[0], shards: .any)
      : WiderFace.annotations(at: truth, options: options)
    var images: [ImageRecord] = []
    while let outcome = try source.next() {
      try stop.check()
      // The benchmark's own degenerate boxes are faces like others here.
      for issue in outcome.issues where issue.code != .degenerateBox { try findings.add(issue) }
      if let record = outcome.record { images.append(record) }
    }
    return images
  }

  /// - Throws: `WrongInput` where it is neither records nor annotations.
  private func isRecords(_ path: String) throws -> Bool {
    switch try InputKind(path: path) {
    case .records, .shard, .empty: true
    case .annotations: false
    case let kind:
      throw WrongInput.refusal(path, kind, expected: "records or WIDER FACE's .mat files")
    }
  }

  /// Whether a face counts; nil where the truth does not say.
  private static func counts(_ face: Face, in level: WiderLevel) -> Bool? {
    switch level {
    case .easy: face.attributes.easy
    case .medium: face.attributes.medium
    case .hard: face.attributes.hard
    }
  }
}

/// Detections from a folder of WIDER FACE's text files, or from records.
enum WiderPredictions {
  case texts(WiderPredictionFolder)
  case records(PredictionIndex)

  init(path: String, pairing: PredictionIndex.Pairing, findings: inout Findings) throws {
    if try InputKind(path: path) == .tree {
      self = .texts(try WiderPredictionFolder(path: path, findings: &findings))
    } else {
      self = .records(try PredictionIndex(path: path, pairing: pairing, findings: &findings))
    }
  }

  /// How images were paired, for the report.
  var description: String {
    switch self {
    case .texts(let folder): "paired by event and image name \(folder.paired)"
    case .records(let index): index.description
    }
  }

  var pairedCount: Int {
    switch self {
    case .texts(let folder): folder.paired
    case .records(let index): index.pairedByID + index.pairedOtherwise
    }
  }

  mutating func detections(
    for image: ImageRecord, findings: inout Findings
  ) throws -> [ScoredBox]? {
    switch self {
    case .texts(var folder):
      defer { self = .texts(folder) }
      return try folder.detections(for: image, findings: &findings)
    case .records(var index):
      defer { self = .records(index) }
      guard let record = try index.prediction(for: image, findings: &findings) else { return nil }
      var detections: [ScoredBox] = []
      for (i, face) in record.faces.enumerated() {
        guard let score = face.attributes.score else {
          try findings.add(
            RecordIssue(
              .malformedRecord, at: record.location(ofFace: i),
              "face \(i + 1): expected attributes.score, found none; it is left out"))
          continue
        }
        detections.append(ScoredBox(box: face.box, score: score))
      }
      return detections
    }
  }

  func reportUnused(_ findings: inout Findings) throws {
    switch self {
    case .texts(let folder): try folder.reportUnused(&findings)
    case .records(let index): try index.reportUnused(&findings)
    }
  }
}
