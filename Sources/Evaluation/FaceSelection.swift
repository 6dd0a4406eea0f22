public import Geometry
public import Schema

/// The detection of an image that is scored for an annotated face.
public struct FaceSelection: Sendable, Equatable {
  /// The index of the detection that the paper's code scores; nil where it leaves the face out.
  public var published: Int?
  /// The index of the detection that shows this face; nil where none does.
  public var correct: Int?

  /// The choices for all annotated faces of an image, by the protocol's rule.
  ///
  /// - Parameters:
  ///   - method: whose rule is followed.
  ///   - truth: the annotated image.
  ///   - img2PoseFits: img2pose's own fit to each annotated face. Its notebook on AFLW2000-3D finds the forehead by it;
  ///     where a fit is missing, the annotated pose is used.
  ///   - prediction: its faces must be in the detector's own order. A face without a score counts as certain.
  /// - Returns: one choice for each annotated face, in their order.
  public static func choices(
    _ method: EvaluationProtocol, truth: ImageRecord, img2PoseFits: [Extrinsics?] = [],
    prediction: ImageRecord
  ) -> [FaceSelection] {
    switch method {
    case .img2poseAFLW2000:
      truth.faces.enumerated().map { i, face in
        let fit = i < img2PoseFits.count ? img2PoseFits[i] : nil
        let roll = (fit?.rotation ?? face.pose?.rotation)?.rotationVector.z
        return img2PoseAFLW(face, roll: roll ?? 0, of: truth.image, prediction.faces)
      }
    case .img2poseBIWI:
      zip(oneToOne(truth.faces, prediction.faces), truth.faces).map { index, face in
        FaceSelection(
          published: nearestToCentre(prediction.faces, in: truth, or: prediction), correct: index)
      }
    case .hopenet, .sixDRepNet, .perspNet, .trg, .wider:
      oneToOne(truth.faces, prediction.faces).map { FaceSelection(published: $0, correct: $0) }
    }
  }

  /// The notebook on AFLW2000-3D: of the detections with a score above 0, the one that overlaps most. If none
  /// overlaps, the notebook's variable still holds the last one.
  private static func img2PoseAFLW(
    _ face: Face, roll: Double, of image: ImageReference, _ detections: [Face]
  ) -> FaceSelection {
    let box = Img2PoseBox.box(of: face, image: image, roll: roll) ?? face.box
    let taken = detections.indices.filter { score(detections[$0]) > 0 }
    var best: Int?
    var greatest = 0.0
    for i in taken {
      let overlap = PixelOverlap.of(detections[i].box, box)
      if overlap > greatest { (best, greatest) = (i, overlap) }
    }
    return FaceSelection(published: best ?? taken.last, correct: best)
  }

  /// The notebook on BIWI: of the detections with a score above 0.9, the one whose centre is nearest to the
  /// image's, both in whole pixels; if there is none, the first detection.
  private static func nearestToCentre(
    _ detections: [Face], in truth: ImageRecord, or prediction: ImageRecord
  ) -> Int? {
    guard !detections.isEmpty else { return nil }
    guard let width = truth.image.width ?? prediction.image.width,
      let height = truth.image.height ?? prediction.image.height
    else { return 0 }
    let centre = SIMD2(Double(width / 2), Double(height / 2))
    var best = 0
    var least = Double.infinity
    for (i, face) in detections.enumerated() where score(face) > 0.9 {
      let box = face.box
      let offset =
        SIMD2(
          box.left + (box.width / 2).rounded(.down), box.top + (box.height / 2).rounded(.down))
        - centre
      let distance = (offset * offset).sum().squareRoot()
      if distance < least { (best, least) = (i, distance) }
    }
    return best
  }

  /// For networks that are given crops: if each side has one face, these two; otherwise pairs by overlap, the
  /// greatest first, each detection once.
  private static func oneToOne(_ truths: [Face], _ detections: [Face]) -> [Int?] {
    if truths.count == 1, detections.count == 1 { return [0] }
    var pairs: [(overlap: Double, truth: Int, detection: Int)] = []
    for (i, truth) in truths.enumerated() {
      for (j, detection) in detections.enumerated() {
        let overlap = PixelOverlap.of(truth.box, detection.box)
        if overlap > 0 { pairs.append((overlap, i, j)) }
      }
    }
    pairs.sort { ($1.overlap, $0.truth, $0.detection) < ($0.overlap, $1.truth, $1.detection) }
    var choices = [Int?](repeating: nil, count: truths.count)
    var used = Set<Int>()
    for pair in pairs where choices[pair.truth] == nil && !used.contains(pair.detection) {
      choices[pair.truth] = pair.detection
      used.insert(pair.detection)
    }
    return choices
  }

  private static func score(_ face: Face) -> Double { face.attributes.score ?? .infinity }
}
