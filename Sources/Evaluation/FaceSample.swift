public import Geometry

/// One annotated face with what was predicted of it.
///
/// A published code and a careful reader may take different predictions, or none: the code of a paper
/// scores a failed fit as a frontal face, or the wrong detection. Both are here.
public struct FaceSample: Sendable {
  /// Object to camera, canonical axes, metres.
  public var truth: Extrinsics
  /// What the paper's code scores; nil where it leaves the face out.
  public var published: Extrinsics?
  /// What was really predicted; nil where nothing was.
  public var correct: Extrinsics?
  public var shape: Shape
  /// The angles of `EulerConvention.aflw` in degrees as the dataset writes them. Beyond ±90° of yaw they
  /// are not those that the rotation gives back, and it is these that are compared with; nil for the
  /// rotation's.
  public var annotatedAngles: EulerAngles?
  /// What img2pose's notebook compares translations with: its own fit to the landmarks; nil where there is
  /// none.
  public var img2PoseFit: Extrinsics?

  /// Meshes in the object frame, canonical axes, metres; nil where there is none.
  public struct Shape: Sendable {
    public var truth: [SIMD3<Double>]?
    public var predicted: [SIMD3<Double>]?

    public init(truth: [SIMD3<Double>]? = nil, predicted: [SIMD3<Double>]? = nil) {
      self.truth = truth
      self.predicted = predicted
    }
  }

  public init(
    truth: Extrinsics, published: Extrinsics?, correct: Extrinsics?, shape: Shape = Shape()
  ) {
    self.truth = truth
    self.published = published
    self.correct = correct
    self.shape = shape
  }

  /// The same prediction in both roles.
  public init(truth: Extrinsics, predicted: Extrinsics, shape: Shape = Shape()) {
    self.init(truth: truth, published: predicted, correct: predicted, shape: shape)
  }
}

extension FaceSample {
  /// The true angles of `EulerConvention.aflw` in degrees.
  var trueAngles: EulerAngles {
    annotatedAngles ?? EulerConvention.aflw.angles(of: truth.rotation).inDegrees
  }
}

/// A prediction and the truth, as a metric compares them.
struct PosePair {
  var predicted: Extrinsics
  var truth: Extrinsics
  var shape: FaceSample.Shape
  /// As in `FaceSample`.
  var annotatedAngles: EulerAngles?
  var img2PoseFit: Extrinsics?
  /// 0-based vertices; nil where none were given.
  var triangles: [SIMD3<Int32>]?
}
