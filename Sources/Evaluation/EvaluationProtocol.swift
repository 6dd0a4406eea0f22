public import Geometry

/// A published way to score predictions. FORMATS §12.
public enum EvaluationProtocol: String, Sendable, CaseIterable {
  /// img2pose's notebook on AFLW2000-3D (Albiero et al., CVPR 2021).
  case img2poseAFLW2000 = "img2pose-aflw2000"
  /// img2pose's notebook on BIWI.
  case img2poseBIWI = "img2pose-biwi"
  /// Hopenet's test (Ruiz et al., CVPRW 2018).
  case hopenet
  /// 6DRepNet's test (Hempel et al., ICIP 2022).
  case sixDRepNet = "6drepnet"
  /// PerspNet's test (Kao et al., 2023).
  case perspNet = "perspnet"
  /// TRG's test (Chun and Chang, ECCV 2024).
  case trg
  /// Average precision of WIDER FACE as RetinaFace's Python tool computes it.
  case wider
}

extension EvaluationProtocol {
  /// Hopenet's bins, and hence all lists of AFLW2000-3D, end at ±99 degrees.
  public static let greatestAngle = 99.0

  /// Whether the protocol scores faces with these angles of `EulerConvention.aflw`, in degrees.
  public func includes(_ angles: EulerAngles) -> Bool {
    switch self {
    case .img2poseAFLW2000, .hopenet, .sixDRepNet:
      EulerAngles.Name.allCases.allSatisfy { angles[$0].magnitude <= Self.greatestAngle }
    case .img2poseBIWI, .perspNet, .trg, .wider: true
    }
  }

  /// Whether PerspNet's test counts the pose as failed: behind the camera or beyond 100 m. It then scores the
  /// identity, a frontal face in the camera's centre. False for other protocols.
  public func isFailure(_ predicted: PoseNotation.Pose) -> Bool {
    guard self == .perspNet, let depth = predicted.translation?.z else { return false }
    return !(0...100).contains(depth)
  }

  /// What the paper's code scores for a face without a pose, or with a failed one; nil where it scores nothing.
  public var poseOfFailure: PoseNotation.Pose? {
    self == .perspNet ? PoseNotation.Pose(rotation: .identity, translation: .zero) : nil
  }

  /// Whether distances between the faces' own points are scored, for which the dataset's meshes are needed.
  public var needsShapes: Bool {
    switch self {
    case .perspNet, .trg: true
    case .img2poseAFLW2000, .img2poseBIWI, .hopenet, .sixDRepNet, .wider: false
    }
  }

  var metrics: [PoseMetric] {
    switch self {
    case .img2poseAFLW2000, .img2poseBIWI, .hopenet:
      PoseMetric.angles(
        self == .hopenet ? .hopenet : .aflw, difference: AngleDifference.unwrapped,
        why: PoseMetric.unwrapped)
        + [PoseMetric.geodesic(published: nil)]
        + (self == .img2poseAFLW2000 ? PoseMetric.img2PoseTranslation : [])
    case .sixDRepNet:
      PoseMetric.angles(
        .sixDRepNet, difference: AngleDifference.forgivingHalfTurns,
        why:
          "angles: 6DRepNet takes the least difference with offsets of ±360° and also ±180°, which forgives half a turn and never exceeds 90°; correct is the shorter way round."
      ) + [PoseMetric.geodesic(published: nil)]
    case .perspNet:
      PoseMetric.angles(
        .perspNet, difference: AngleDifference.unwrapped, why: PoseMetric.unwrapped)
        + [
          PoseMetric.geodesic(published: {
            GeodesicError.perspNet($0.predicted.rotation, $0.truth.rotation)
          })
        ] + PoseMetric.translation + [
          PoseMetric.add, PoseMetric.reconstruction(.mean),
          PoseMetric.within(degrees: 5, metres: 0.05),
          PoseMetric.within(
            degrees: 5, metres: 0.10, published: (degrees: 10, metres: 0.05),
            why:
              "5°10cm: what PerspNet prints under this name is the share within 10° and 5 cm; correct is within 5° and 10 cm."
          ), PoseMetric.scaleDifference,
        ]
    case .trg:
      PoseMetric.angles(
        .trgYXZ, difference: AngleDifference.unwrapped, why: PoseMetric.unwrapped)
        + [
          PoseMetric.geodesic(
            published: { GeodesicError.trg($0.predicted.rotation, $0.truth.rotation) },
            why:
              "geodesic: TRG clips the cosine to ±(1 - 1e-7), so that no error is below 0.0256°; correct has no floor."
          )
        ] + PoseMetric.translation + [
          PoseMetric.add, PoseMetric.reconstruction(.median), PoseMetric.reconstruction(.mean),
          PoseMetric.surface,
        ]
    case .wider: []
    }
  }

  /// What a reader of the numbers should know besides the metrics' own differences.
  public var notes: [String] {
    switch self {
    case .img2poseAFLW2000:
      [
        "faces: where no detection overlaps the annotated face, img2pose's notebook scores the last one it looked at; correct counts the face as undetected."
      ]
    case .img2poseBIWI:
      [
        "faces: img2pose's notebook scores the detection nearest to the image's centre with a score above 0.9, else the first one; correct takes the one that overlaps the annotated head most.",
        "poses: img2pose compares with BIWI's poses in the depth camera, about 1° from those in the colour camera that PerspNet and TRG use; convert with --frame depth for its numbers.",
      ]
    case .perspNet:
      [
        "failures: a fit behind the camera or beyond 100 m, and a missing one, stays in all published means as a frontal face at the camera's centre; correct leaves it out and counts it."
      ]
    case .hopenet, .sixDRepNet, .trg, .wider: []
    }
  }
}
