internal import Geometry
internal import Schema

/// Compares a dataset's annotated faces with predicted ones, one image at a time and in bounded memory.
///
/// A survey has gone over the same images before. Each face is then tried with the readings that explain the
/// dataset.
public struct DatasetComparison: Sendable {
  let thresholds: ValidationThresholds
  let survey: ReadingSurvey.Result
  var images = 0
  var labels = 0
  var predictions = 0
  var matched = 0
  /// Detections besides the single face that the dataset annotates in an image.
  var besideSingleFaces = 0
  var overlaps = ThinnedSample<Double>()
  var errors = ThinnedSample<Double>()
  var angles = ThinnedSample<Double>()
  var boxReadings: [Reading: FindingTally] = [:]
  var landmarkReadings: [Reading: FindingTally] = [:]
  var misplacedBoxes = FindingTally()
  var misplacedLandmarks = FindingTally()
  var missed = FindingTally()
  var unlabelled = FindingTally()
  /// Differences of landmarks, and of boxes' centres, that no reading changes, with the face's size; in pixels.
  var landmarkShifts = ThinnedSample<(difference: SIMD2<Double>, size: Double)>()
  var boxShifts = ThinnedSample<(difference: SIMD2<Double>, size: Double)>()
  var rotations = ThinnedSample<RotationComparison.Pair>(limit: 512)
  /// The object frame of the first rotation; rotations in other frames are left out.
  var frame: HeadPose.Frame?

  /// - Parameters:
  ///   - survey: the result of the first pass over the same images.
  ///   - thresholds: the limits of findings.
  public init(
    survey: ReadingSurvey.Result, _ thresholds: ValidationThresholds = ValidationThresholds()
  ) {
    self.survey = survey
    self.thresholds = thresholds
  }

  /// Compares the faces of one image.
  ///
  /// - Returns: a row for each annotated face, then one for each detection that matches none of them.
  public mutating func add(_ image: ImageView) -> [FaceComparison] {
    images += 1
    labels += image.labels.count
    predictions += image.predictions.count
    let matching = FaceMatching(image, survey, thresholds)
    var rows: [FaceComparison] = []
    for (i, label) in image.labels.enumerated() {
      let j = matching.prediction[i]
      var row = FaceComparison(image.path, label: i, prediction: j)
      if let j {
        matched += 1
        compare(label, image.predictions[j], in: image.size, &row)
      } else if isMissed(label, in: image) {
        row.findings.append("missed-face")
        missed.add(row.place)
      }
      rows.append(row)
    }
    for (j, prediction) in image.predictions.enumerated() where matching.label[j] == nil {
      var row = FaceComparison(image.path, label: nil, prediction: j)
      row.score = prediction.score
      if isUnlabelled(prediction, in: image) {
        if image.hasOneFaceByDesign || survey.hasSingleFaces,
          matching.prediction.contains(where: { $0 != nil })
        {
          besideSingleFaces += 1
        } else {
          row.findings.append("unlabelled-face")
          unlabelled.add(row.place)
        }
      }
      rows.append(row)
    }
    return rows
  }

  /// Whether an annotated face without a detection should have been detected: it is large, upright, in plain
  /// sight and inside the image, and no detection is near it.
  private func isMissed(_ label: FaceView, in image: ImageView) -> Bool {
    let centre = label.box.centre
    guard !label.isDoubtful, !label.box.isDegenerate,
      label.size * image.scale >= thresholds.findableSize,
      length(label.rotation?.rotationVector ?? .zero) <= thresholds.findableTurn,
      centre.x >= 0, centre.y >= 0, centre.x < image.size.x, centre.y < image.size.y
    else { return false }
    return !image.predictions.contains { areNear(label, $0, in: image.size) }
  }

  /// Whether a detected box touches an annotated box, as it is or as a reading corrects it.
  private func areNear(
    _ label: FaceView, _ prediction: FaceView, in size: SIMD2<Double>
  ) -> Bool {
    ([label.box] + survey.boxes.map { $0.box(label.box, in: size) }).contains {
      Agreement.touch($0, prediction.box, limit: thresholds.somethingThere)
    }
  }

  /// Whether a detection without an annotation should have been annotated: it is certainly a face, and far from
  /// all that is annotated, including faces to be ignored.
  private func isUnlabelled(_ prediction: FaceView, in image: ImageView) -> Bool {
    prediction.isReliable(thresholds)
      && !image.labels.contains { areNear($0, prediction, in: image.size) }
  }

  private mutating func compare(
    _ label: FaceView, _ prediction: FaceView, in size: SIMD2<Double>, _ row: inout FaceComparison
  ) {
    row.score = prediction.score
    let overlap = Agreement.overlap(label.box, prediction.box)
    let error = Agreement.error(of: label.points, to: prediction)
    row.overlap = overlap
    row.landmarkError = error
    if let a = label.rotation, let b = prediction.rotation { row.angle = a.angle(to: b) }
    // An unsure detection is written to the table, but nothing is concluded from it.
    guard prediction.isReliable(thresholds) else { return }
    overlaps.add(overlap)
    if let error { errors.add(error) }
    if let angle = row.angle { angles.add(angle) }
    judgeBox(label, prediction, overlap, error, in: size, &row)
    let agrees = judgeLandmarks(label, prediction, error, in: size, &row)
    if let a = label.rotationVector, let b = prediction.rotation, agrees || !label.isFitted {
      if frame == nil { frame = label.frame }
      if frame == label.frame { rotations.add((a, b)) }
    }
  }

  private mutating func judgeBox(
    _ label: FaceView, _ prediction: FaceView, _ overlap: Double, _ error: Double?,
    in size: SIMD2<Double>, _ row: inout FaceComparison
  ) {
    let isPlain = overlap < thresholds.sameBox
    if isPlain || survey.boxesAreRead {
      for reading in survey.boxes {
        let value = Agreement.overlap(reading.box(label.box, in: size), prediction.box)
        guard
          let after = thresholds.explains(value, before: overlap, isPlain: isPlain)
        else { continue }
        row.findings.append("boxes-\(reading.name)")
        boxReadings[reading, default: FindingTally()].add(
          row.place, before: overlap, after: after)
        return
      }
    }
    guard overlap < thresholds.misplacedBox, let error, error <= thresholds.sameLandmarks else {
      if !isPlain {
        boxShifts.add((label.box.centre - prediction.box.centre, prediction.size))
      }
      return
    }
    let tried = Reading.ofBoxes.map {
      ($0, Agreement.overlap($0.box(label.box, in: size), prediction.box))
    }
    if let (reading, value) = tried.max(by: { $0.1 < $1.1 }),
      value >= thresholds.surelyExplainedBox
    {
      row.findings.append("boxes-\(reading.name)")
      boxReadings[reading, default: FindingTally()].add(row.place, before: overlap, after: value)
      return
    }
    row.findings.append("misplaced-box")
    misplacedBoxes.add(row.place, before: overlap)
  }

  /// - Returns: whether the landmarks may be used as they are.
  private mutating func judgeLandmarks(
    _ label: FaceView, _ prediction: FaceView, _ error: Double?, in size: SIMD2<Double>,
    _ row: inout FaceComparison
  ) -> Bool {
    guard let points = label.points, let error else { return true }
    if let (reading, after) = reading(of: points, label.box, prediction, error, in: size) {
      row.findings.append("landmarks-\(reading.name)")
      landmarkReadings[reading, default: FindingTally()].add(
        row.place, before: error, after: after)
      return false
    }
    if let shift = Agreement.shift(of: points, to: prediction), error < 0.5 {
      landmarkShifts.add((shift, prediction.size))
    }
    if error > thresholds.misplacedLandmarks, !label.isDoubtful {
      row.findings.append("misplaced-landmarks")
      misplacedLandmarks.add(row.place, before: error)
    }
    return error <= thresholds.misplacedLandmarks
  }

  /// The reading that explains a face's landmarks where they do not agree as they are, and the error that is left
  /// with it: one of the dataset's readings, or any reading that leaves no doubt.
  private func reading(
    of points: [SIMD2<Double>?], _ box: BoundingBox, _ prediction: FaceView, _ error: Double,
    in size: SIMD2<Double>
  ) -> (Reading, Double)? {
    func left(_ reading: Reading) -> Double? {
      Agreement.error(of: reading.points(points, of: box, in: size), to: prediction)
    }
    let limit =
      survey.landmarksAreRead ? thresholds.doubtedLandmarks : thresholds.sameLandmarks
    if error > limit {
      for reading in survey.landmarks {
        if let after = thresholds.explains(left(reading), before: error) { return (reading, after) }
      }
    }
    guard error > thresholds.misplacedLandmarks else { return nil }
    let tried = Reading.ofLandmarks.compactMap { reading in left(reading).map { (reading, $0) } }
    guard let best = tried.min(by: { $0.1 < $1.1 }),
      best.1 <= thresholds.surelyExplainedLandmarks,
      best.1 <= thresholds.surelyExplainedShare * error
    else { return nil }
    return best
  }
}
