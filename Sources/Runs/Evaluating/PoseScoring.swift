internal import Datasets
internal import Evaluation
internal import Geometry
internal import Labelling
internal import Schema

/// Scores the annotated faces of one image after the other.
struct PoseScoring {
  private let method: EvaluationProtocol
  private let intervals: Bootstrap?
  private let truthPath: String
  private var index: PredictionIndex
  private var shapes: TrueShapes
  private var evaluation: PoseEvaluation
  /// nil for other protocols.
  private var img2PoseReference: Img2PoseReference?

  private var images = 0
  private var faces = 0
  private var excluded = 0
  private var withoutTruth = 0
  private var unpaired = 0
  private var published = 0
  private var correct = 0
  private var undetected = 0
  private var failures = 0
  private var otherFrames = 0
  private var otherCameras = 0
  private var sights = SightCounts()
  private var predictedSights = SightCounts()

  private var agreement = AngleAgreement()

  init(_ options: EvaluationRun, findings: inout Findings, say: (String) -> Void) throws {
    method = options.method
    intervals = options.bootstrap
    truthPath = options.truth[0]
    img2PoseReference = method == .img2poseAFLW2000 ? Img2PoseReference() : nil
    var input = AnnotationInput(nil)
    (input.files, input.notation) = ([options.predictions], options.notation)
    input.angleUnit = options.angleUnit
    if case .annotations = try InputKind(path: options.predictions) {
      let opened = try input.open(native: .none, tell: { _ in }, say: say)
      index = try PredictionIndex(opened.source, pairing: options.pairing, findings: &findings)
    } else {
      try input.requireNoOptions(of: "records")
      index = try PredictionIndex(
        path: options.predictions, pairing: options.pairing, findings: &findings)
    }
    shapes = try TrueShapes(source: options.source)
    evaluation = PoseEvaluation(
      method, bins: options.bins, triangles: try options.triangles.map(TrueShapes.triangles))
  }

  mutating func add(_ truth: ImageRecord, _ findings: inout Findings) throws {
    images += 1
    faces += truth.faces.count
    sights.add(truth)
    guard let prediction = try index.prediction(for: truth, findings: &findings) else {
      unpaired += truth.faces.count
      return
    }
    predictedSights.add(prediction)
    let alone = prediction.faces.count(where: \.hasWholeImageAsBox)
    guard alone < 2 else {
      unpaired += truth.faces.count
      try findings.add(
        RecordIssue(
          .missingPrediction, at: prediction.location,
          "prediction of '\(truth.id)': expected one, as there are no boxes to tell faces apart, found \(alone)"
        ))
      return
    }
    let fits = truth.faces.map { img2PoseReference?.pose(of: $0, in: truth.image) }
    let choices = FaceSelection.choices(
      method, truth: truth, img2PoseFits: fits, prediction: prediction)
    for (i, face) in truth.faces.enumerated() {
      guard let pose = face.pose else {
        withoutTruth += 1
        try findings.add(
          RecordIssue(
            .missingPose, at: truth.location(ofFace: i),
            "face \(i + 1): expected a pose, found none"
          ))
        continue
      }
      let angles =
        face.givenAngles
        ?? EulerConvention.aflw.angles(of: pose.rotation).inDegrees
      guard method.includes(angles) else {
        excluded += 1
        continue
      }
      try add(face, pose, fits[i], choices[i], truth, prediction, number: i, &findings)
    }
  }

  private mutating func add(
    _ face: Face, _ pose: HeadPose, _ fit: Extrinsics?, _ choice: FaceSelection,
    _ truth: ImageRecord,
    _ prediction: ImageRecord, number: Int, _ findings: inout Findings
  ) throws {
    let chosen = choice.correct.map { prediction.faces[$0] }
    var sample = FaceSample(
      truth: pose.notated,
      published: choice.published.flatMap { prediction.faces[$0].pose?.notated },
      correct: chosen?.pose?.notated)
    sample.annotatedAngles = face.givenAngles
    sample.publishedAngles = choice.published.flatMap { prediction.faces[$0].givenAngles }
    sample.correctAngles = chosen?.givenAngles
    sample.img2PoseFit = fit
    if let predicted = sample.correct, method.isFailure(predicted) {
      sample.correct = nil
      failures += 1
    } else if chosen == nil {
      undetected += 1
      try findings.add(
        RecordIssue(
          .undetectedFace, at: truth.location(ofFace: number),
          "face \(number + 1) of '\(truth.id)': expected a detection on it, found none"))
    } else if chosen?.pose == nil {
      failures += 1
      try findings.add(
        RecordIssue(
          .missingPose, at: prediction.location,
          "prediction of '\(truth.id)': expected a pose, found none"))
    }
    if sample.published.map(method.isFailure) ?? true {
      sample.published = method.poseOfFailure ?? sample.published
      if method.poseOfFailure != nil { sample.publishedAngles = nil }
    }
    if let other = chosen?.pose {
      if other.frame != pose.frame { otherFrames += 1 }
      if let a = truth.camera, let b = prediction.camera,
        !Self.agree(a.intrinsics, b.intrinsics)
      {
        otherCameras += 1
      }
    }
    if let chosen { agreement.add(chosen, truth: pose.rotation) }
    if method.needsShapes {
      sample.shape.truth = try shapes.vertices(of: face, in: truth, findings: &findings)
      do {
        sample.shape.predicted = try chosen.flatMap(TrueShapes.predicted)
      } catch {
        try findings.add(
          RecordIssue(.unreadableArray, at: prediction.location, "predicted mesh: \(error)"))
      }
    }
    if sample.published != nil { published += 1 }
    if sample.correct != nil { correct += 1 }
    evaluation.add(sample)
  }

  mutating func report(
    _ findings: inout Findings, _ context: RunContext
  ) throws -> EvaluationReport {
    try index.reportUnused(&findings)
    guard published + correct > 0 else {
      throw findings.failure(
        "\(truthPath): expected faces with a pose and a prediction, found none among \(counted(faces, "face"))",
        context)
    }
    return EvaluationReport(
      method: method, pairing: index.description, bootstrap: intervals,
      counts: [
        .init("images", "images", images), .init("faces", "faces", faces),
        .init("scored_published", "scored as published", published),
        .init("scored_correct", "scored correctly", correct),
        .init("undetected", "undetected", undetected),
        .init("failures", "predictions without a usable pose", failures),
        .init("excluded", "excluded by the protocol", excluded),
        .init("without_truth", "without a true pose", withoutTruth),
        .init("unpaired", "in images without a prediction", unpaired),
      ], groups: evaluation.groups(intervals), notes: method.notes + ownNotes(context))
  }

  /// What this run lacked, or compared with care.
  private func ownNotes(_ context: RunContext) -> [String] {
    var notes: [String] = []
    if let better = agreement.note({ context.advice(.nameConvention($0.rawValue)) }) {
      notes.append(better)
    }
    if method.needsShapes, shapes.withoutSource > 0 {
      notes.append(
        "ADD and reconstruction: the true meshes of \(counted(shapes.withoutSource, "face")) are in files of the dataset; \(context.advice(.nameSource))."
      )
    }
    if method.needsShapes, shapes.withoutMesh > 0 {
      notes.append(
        "ADD and reconstruction: \(counted(shapes.withoutMesh, "face")) have no true mesh; ARKitFace's records (with native arrays) and BIWI's have."
      )
    }
    if sights.isMixed { notes.append("rotations of the truth: \(sights.text).") }
    if predictedSights.isMixed {
      notes.append("rotations of the predictions: \(predictedSights.text).")
    }
    if let other = predictedSights.difference(from: sights) { notes.append(other) }
    if otherFrames > 0 {
      notes.append(
        "frames: \(counted(otherFrames, "prediction")) name another object frame than the truth; their translations are of other origins."
      )
    }
    if otherCameras > 0 {
      notes.append(
        "cameras: \(counted(otherCameras, "prediction")) were made with another camera than the truth; translations, and rotations off the axis, depend on it."
      )
    }
    return notes
  }

  private static func agree(_ a: Intrinsics, _ b: Intrinsics) -> Bool {
    func near(_ a: SIMD2<Double>, _ b: SIMD2<Double>) -> Bool {
      let difference = a - b
      return max(difference.x.magnitude, difference.y.magnitude) <= 1e-6 * a.max()
    }
    return near(a.focalLength, b.focalLength) && near(a.principalPoint, b.principalPoint)
  }
}
