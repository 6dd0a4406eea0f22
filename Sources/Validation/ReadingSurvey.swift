internal import Geometry

/// Finds out what a dataset's boxes and landmarks may mean, before single faces are judged: one image alone
/// does not tell a mirrored annotation from a wrong one.
public struct ReadingSurvey: Sendable {
  /// The result of the survey.
  public struct Result: Sendable, Equatable {
    /// The readings of boxes that explain faces, in the order in which to try them.
    public var boxes: [Reading] = []
    /// The same for landmarks.
    public var landmarks: [Reading] = []
    /// Whether the first reading of boxes explains at least half of all faces.
    public var boxesAreRead = false
    /// The same for landmarks.
    public var landmarksAreRead = false
    /// Whether no image has more than one annotated face, so that further faces are left out by design.
    public var hasSingleFaces = false

    var explainsMost: Bool { boxesAreRead || landmarksAreRead }

    /// No reading: everything is taken as annotated.
    public init() {}
  }

  private let thresholds: ValidationThresholds
  private var boxes = Component(readings: Reading.ofBoxes, unexplained: 1)
  private var landmarks = Component(readings: Reading.ofLandmarks, unexplained: 0.5)
  /// The number of faces that could be compared.
  private var comparable = 0
  private var images = 0
  private var mostFaces = 0

  /// A survey that has seen no image.
  public init(_ thresholds: ValidationThresholds = ValidationThresholds()) {
    self.thresholds = thresholds
  }

  /// Looks at the next image.
  public mutating func add(_ image: ImageView) {
    images += image.labels.isEmpty ? 0 : 1
    mostFaces = max(mostFaces, image.labels.count)
    let matching = FaceMatching(image, .init(), thresholds)
    let free = image.predictions.indices.filter {
      matching.label[$0] == nil && image.predictions[$0].isReliable(thresholds)
    }.map { image.predictions[$0] }
    for (i, label) in image.labels.enumerated() {
      if let j = matching.prediction[i] {
        let prediction = image.predictions[j]
        guard prediction.isReliable(thresholds) else { continue }
        comparable += 1
        compareBox(label, [prediction], isMatched: true, in: image.size)
        compareLandmarks(label, [prediction], isMatched: true, in: image.size)
      } else if !free.isEmpty {
        comparable += 1
        compareBox(label, free, isMatched: false, in: image.size)
        compareLandmarks(label, free, isMatched: false, in: image.size)
      }
    }
  }

  /// What the images so far show.
  public var result: Result {
    var result = Result()
    (result.boxes, result.boxesAreRead) = boxes.explaining(of: comparable, thresholds)
    (result.landmarks, result.landmarksAreRead) = landmarks.explaining(of: comparable, thresholds)
    result.hasSingleFaces = mostFaces <= 1 && images >= thresholds.singleFaceImages
    return result
  }

  private mutating func compareBox(
    _ label: FaceView, _ candidates: [FaceView], isMatched: Bool, in size: SIMD2<Double>
  ) {
    let overlap = candidates.map { Agreement.overlap(label.box, $0.box) }.max() ?? 0
    let isPlain = overlap < thresholds.sameBox
    boxes.add(isMatched: isMatched, isPlain: isPlain, candidates) { reading, candidate in
      thresholds.explains(
        Agreement.overlap(reading.box(label.box, in: size), candidate.box), before: overlap,
        isPlain: isPlain
      ).map { 1 - $0 }
    } scale: { candidate in
      // Whatever a box includes, its centre is near the face's centre.
      let (mine, other) = (label.box.centre, candidate.box.centre)
      return ((other * other).sum() / (mine * mine).sum()).squareRoot()
    }
  }

  private mutating func compareLandmarks(
    _ label: FaceView, _ candidates: [FaceView], isMatched: Bool, in size: SIMD2<Double>
  ) {
    guard let points = label.points else { return }
    let before = candidates.compactMap { Agreement.error(of: points, to: $0) }.min() ?? .infinity
    guard before > thresholds.doubtedLandmarks else { return }
    let isPlain = before > thresholds.sameLandmarks
    landmarks.add(isMatched: isMatched, isPlain: isPlain, candidates) { reading, candidate in
      thresholds.explains(
        Agreement.error(of: reading.points(points, of: label.box, in: size), to: candidate),
        before: before)
    } scale: { candidate in
      func square(_ p: SIMD2<Double>?) -> Double { p.map { ($0 * $0).sum() } ?? 0 }
      let mine = points.reduce(0) { $0 + square($1) }
      let other = zip(points, candidate.points ?? []).reduce(0) {
        $0 + ($1.0 == nil ? 0 : square($1.1))
      }
      return mine > 0 ? (other / mine).squareRoot() : nil
    }
  }
}

extension ValidationThresholds {
  /// The error that a reading of landmarks leaves, if it is small enough to explain them; otherwise nil.
  func explains(_ error: Double?, before: Double) -> Double? {
    guard let error, error <= explainedLandmarks, error <= explainedLandmarksShare * before else {
      return nil
    }
    return error
  }

  /// The overlap that a reading of a box reaches, if it is large enough to explain the box; otherwise nil.
  ///
  /// - Parameter isPlain: whether the box as annotated does not fit at all.
  func explains(_ overlap: Double, before: Double, isPlain: Bool) -> Double? {
    let gain = isPlain ? explainedBoxGain : doubtedBoxGain
    return overlap >= explainedBox && overlap >= gain * before ? overlap : nil
  }
}
