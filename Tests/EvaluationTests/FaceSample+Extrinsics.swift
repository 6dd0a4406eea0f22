import Evaluation
import Geometry

extension FaceSample {
  /// Of whole poses.
  init(
    truth: Extrinsics, published: Extrinsics?, correct: Extrinsics?, shape: Shape = Shape()
  ) {
    self.init(
      truth: PoseNotation.Pose(truth), published: published.map { PoseNotation.Pose($0) },
      correct: correct.map { PoseNotation.Pose($0) }, shape: shape)
  }
}

extension EvaluationProtocol {
  func isFailure(_ predicted: Extrinsics) -> Bool { isFailure(PoseNotation.Pose(predicted)) }
}
