internal import Codecs
internal import Datasets
internal import Evaluation
internal import Geometry
internal import Pipeline
internal import Schema

extension EvaluationRun {
  /// WIDER FACE's average precision. The truth is held whole: .mat files have to be anyway.
  func widerReport(_ findings: inout Findings, _ context: RunContext) throws -> EvaluationReport {
    let images = try widerTruth(&findings, context.stop)
    let levels = WiderLevel.allCases.filter { level in
      images.contains { $0.faces.contains { Self.counts($0, in: level) != nil } }
    }
    guard !levels.isEmpty else {
      throw RunFailure(
        "\(truth.joined(separator: ", ")): expected faces of the levels easy, medium or hard, found none; give the benchmark's wider_easy_val.mat, wider_medium_val.mat and wider_hard_val.mat"
      )
    }
    var predictions = try WiderPredictions(path: predictions, pairing: pairing, findings: &findings)
    var evaluation = WiderEvaluation(levels: levels)
    for image in images {
      try context.stop.check()
      let detections = try predictions.detections(for: image, findings: &findings)
      evaluation.add(
        faces: image.faces.map(\.box),
        counts: levels.map { level in image.faces.map { Self.counts($0, in: level) ?? false } },
        detections: detections ?? [])
    }
    try predictions.reportUnused(&findings)
    guard predictions.pairedCount > 0 else {
      throw findings.failure(
        "\(self.predictions): expected predictions of the truth's \(counted(images.count, "image")), found none",
        context)
    }
    var notes: [String] = []
    if evaluation.unsortedImages > 0 {
      notes.append(
        "order: \(counted(evaluation.unsortedImages, "image")) list detections in another order than that of falling scores, on which the published tool relies."
      )
    }
    return EvaluationReport(
      method: method, pairing: predictions.description, bootstrap: bootstrap,
      counts: [
        .init("images", "images", images.count),
        .init("detections", "detections", evaluation.detectionCount),
      ]
        + levels.map {
          .init("faces_\($0.rawValue)", "\($0.rawValue) faces", evaluation.faceCount($0))
        },
      groups: [evaluation.group(bootstrap)], notes: notes)
  }

  private func widerTruth(_ findings: inout Findings, _ stop: StopFlag) throws -> [ImageRecord] {
    var options = ReadingOptions(dataset: DatasetName.widerFace)
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
