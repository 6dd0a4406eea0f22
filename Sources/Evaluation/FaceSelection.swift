public import Geometry
public import Schema

/// Which of an image's detections stands for an annotated face.
public struct FaceSelection: Sendable, Equatable {
  /// The one that the paper's code takes; nil where it leaves the face out.
  public var published: Int?
  /// The one that shows this face; nil where none does.
  public var correct: Int?

  /// A choice for each annotated face of an image, by the protocol's rule.
  ///
  /// - Parameters:
  ///   - img2PoseFits: img2pose's own fit to each annotated face, which its notebook on AFLW2000-3D looks
  ///     for the forehead by; the annotated pose stands for one that is missing.
  ///   - prediction: its faces in the detector's own order. One without a score counts as sure.
  public static func choices(
    _ method: EvaluationProtocol, truth: ImageRecord, img2PoseFits: [Extrinsics?] = [],
    prediction: ImageRecord
  ) -> [FaceSelection] {
    switch method {
    case .img2poseAFLW2000:
      truth.faces.enumerated().map { i, face in
        let fit = i < img2PoseFits.count ? img2PoseFits[i] : nil
        let roll = (fit ?? face.pose?.extrinsics)?.rotation.rotationVector.z
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

  /// The notebook on AFLW2000-3D: of detections with a score above 0 the one that overlaps most. Where
  /// none overlaps, the last one is left in its variable.
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

  /// The notebook on BIWI: of detections with a score above 0.9 the one whose centre is nearest to the
  /// image's, both in whole pixels; where there is none, the first.
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

  /// Networks that are given crops: the one face where each side has one, else pairs by overlap, the
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
