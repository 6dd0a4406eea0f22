public import Geometry

/// One annotated face, and what was predicted for it.
///
/// A paper's code and the right method may score different predictions, or none: the code may score a failed
/// fit as a frontal face, or the wrong detection. So both predictions are here.
public struct FaceSample: Sendable {
  /// The true pose: object to camera, canonical axes, metres. Where a pose has no translation, only its rotation is
  /// scored.
  public var truth: PoseNotation.Pose
  /// The prediction that the paper's code scores; nil where it leaves the face out.
  public var published: PoseNotation.Pose?
  /// The prediction that was really made for this face; nil where there is none.
  public var correct: PoseNotation.Pose?
  /// The true and the predicted mesh.
  public var shape: Shape
  /// The angles of `EulerConvention.aflw` in degrees, as the dataset has them. They are compared instead of the
  /// rotation's own angles, which differ beyond ±90° of yaw; nil to compare the rotation's.
  public var annotatedAngles: EulerAngles?
  /// Those that were predicted, in place of the angles of `published`; nil to compare the rotation's.
  public var publishedAngles: EulerAngles?
  /// The same of `correct`.
  public var correctAngles: EulerAngles?
  /// The pose with which img2pose's notebook compares translations, its own fit to the landmarks; nil where there
  /// is none.
  public var img2PoseFit: Extrinsics?

  /// Meshes in the object frame, in canonical axes and metres; nil where there is none.
  public struct Shape: Sendable {
    /// The annotated vertices.
    public var truth: [SIMD3<Double>]?
    /// The predicted vertices, in the same order.
    public var predicted: [SIMD3<Double>]?

    /// The meshes that are there.
    public init(truth: [SIMD3<Double>]? = nil, predicted: [SIMD3<Double>]? = nil) {
      self.truth = truth
      self.predicted = predicted
    }
  }

  /// A face whose predictions may differ in their two roles.
  public init(
    truth: PoseNotation.Pose, published: PoseNotation.Pose?, correct: PoseNotation.Pose?,
    shape: Shape = Shape()
  ) {
    self.truth = truth
    self.published = published
    self.correct = correct
    self.shape = shape
  }

  /// A face with the same prediction in both roles.
  public init(truth: Extrinsics, predicted: Extrinsics, shape: Shape = Shape()) {
    let predicted = PoseNotation.Pose(predicted)
    self.init(
      truth: PoseNotation.Pose(truth), published: predicted, correct: predicted, shape: shape)
  }
}

extension FaceSample {
  /// The true angles of `EulerConvention.aflw` in degrees.
  var trueAngles: EulerAngles {
    annotatedAngles ?? EulerConvention.aflw.angles(of: truth.rotation).inDegrees
  }
}

/// A prediction and the truth, in the form that metrics compare.
struct PosePair {
  var predicted: PoseNotation.Pose
  var truth: PoseNotation.Pose
  var shape: FaceSample.Shape
  /// As in `FaceSample`.
  var annotatedAngles: EulerAngles?
  /// The same of the prediction.
  var predictedAngles: EulerAngles?
  var img2PoseFit: Extrinsics?
  /// The mesh's triangles, as 0-based vertices; nil where none were given.
  var triangles: [SIMD3<Int32>]?

  /// From the true to the predicted place, in metres; nil where either is not known.
  var offset: SIMD3<Double>? { offset(from: truth.translation) }

  func offset(from place: SIMD3<Double>?) -> SIMD3<Double>? {
    guard let place, let found = predicted.translation else { return nil }
    return found - place
  }
}
