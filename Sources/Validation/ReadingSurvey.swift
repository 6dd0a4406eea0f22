internal import Geometry

/// Looks over a dataset for what its boxes and landmarks may mean, before faces are found fault with one by
/// one: an image alone does not tell a mirrored annotation from a wrong one.
public struct ReadingSurvey: Sendable {
  /// What the survey finds.
  public struct Result: Sendable, Equatable {
    /// The readings that explain faces, in the order in which to try them.
    public var boxes: [Reading] = []
    public var landmarks: [Reading] = []
    /// Whether the first of either explains at least half of all faces.
    public var boxesAreRead = false
    public var landmarksAreRead = false
    /// Whether no image has more than one face annotated, so that others in it are left out by design.
    public var hasSingleFaces = false

    var explainsMost: Bool { boxesAreRead || landmarksAreRead }

    public init() {}
  }

  private let thresholds: ValidationThresholds
  private var boxes = Component(readings: Reading.ofBoxes, unexplained: 1)
  private var landmarks = Component(readings: Reading.ofLandmarks, unexplained: 0.5)
  /// Faces that could be compared.
  private var comparable = 0
  private var images = 0
  private var mostFaces = 0

  public init(_ thresholds: ValidationThresholds = ValidationThresholds()) {
    self.thresholds = thresholds
  }

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
      // Whatever a box includes, its centre is about the face's.
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
  /// The error that a reading of landmarks leaves, where it is little enough to explain them.
  func explains(_ error: Double?, before: Double) -> Double? {
    guard let error, error <= explainedLandmarks, error <= explainedLandmarksShare * before else {
      return nil
    }
    return error
  }

  /// The overlap that a reading of a box reaches, where it is enough to explain it.
  ///
  /// - Parameter isPlain: whether the box as it is does not fit at all.
  func explains(_ overlap: Double, before: Double, isPlain: Bool) -> Double? {
    let gain = isPlain ? explainedBoxGain : doubtedBoxGain
    return overlap >= explainedBox && overlap >= gain * before ? overlap : nil
  }
}
