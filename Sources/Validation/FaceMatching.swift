internal import Geometry

/// Which annotated face corresponds to which predicted face in one image.
struct FaceMatching {
  /// For each annotated face the index of its predicted face; it matches as annotated or as a reading corrects it.
  var prediction: [Int?]
  /// For each predicted face the index of its annotated face.
  var label: [Int?]

  /// Pairs faces by their boxes or by their landmarks as annotated, the best agreement first; either may be wrong
  /// without the other. Readings are then tried on the faces left on both sides. Where readings explain most of
  /// the dataset, they come first: in a crowd a mirrored face may lie where another face is.
  init(
    _ image: ImageView, _ survey: ReadingSurvey.Result = .init(),
    _ thresholds: ValidationThresholds
  ) {
    prediction = Array(repeating: nil, count: image.labels.count)
    label = Array(repeating: nil, count: image.predictions.count)
    if survey.explainsMost { pairByReadings(image, survey, thresholds) }
    pair { i, j in
      let (a, b) = (image.labels[i], image.predictions[j])
      let overlap = Agreement.overlap(a.box, b.box)
      let error = Agreement.error(of: a.points, to: b) ?? .infinity
      return Self.strength(
        overlap, limit: thresholds.sameBox, error, limit: thresholds.sameLandmarks)
    }
    if !survey.explainsMost { pairByReadings(image, survey, thresholds) }
  }

  private mutating func pairByReadings(
    _ image: ImageView, _ survey: ReadingSurvey.Result, _ thresholds: ValidationThresholds
  ) {
    guard !(survey.boxes.isEmpty && survey.landmarks.isEmpty) else { return }
    pair { i, j in
      let (a, b) = (image.labels[i], image.predictions[j])
      let overlap =
        survey.boxes.map { Agreement.overlap($0.box(a.box, in: image.size), b.box) }.max() ?? 0
      let error =
        survey.landmarks.compactMap { reading in
          Agreement.error(
            of: a.points.map { reading.points($0, of: a.box, in: image.size) }, to: b)
        }.min() ?? .infinity
      return Self.strength(
        overlap, limit: thresholds.explainedBox, error, limit: thresholds.explainedLandmarks)
    }
  }

  /// From 0 to 1, the better of both agreements; nil where neither suffices.
  private static func strength(
    _ overlap: Double, limit least: Double, _ error: Double, limit greatest: Double
  ) -> Double? {
    var strength: Double?
    if overlap >= least { strength = overlap }
    if error <= greatest { strength = max(strength ?? 0, 1 - error) }
    return strength
  }

  private mutating func pair(_ strength: (Int, Int) -> Double?) {
    var pairs: [(i: Int, j: Int, strength: Double)] = []
    for i in prediction.indices where prediction[i] == nil {
      for j in label.indices where label[j] == nil {
        if let strength = strength(i, j) { pairs.append((i, j, strength)) }
      }
    }
    pairs.sort { ($1.strength, $0.i, $0.j) < ($0.strength, $1.i, $1.j) }
    for (i, j, _) in pairs where prediction[i] == nil && label[j] == nil {
      prediction[i] = j
      label[j] = i
    }
  }
}
