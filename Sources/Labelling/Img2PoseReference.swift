public import Geometry
public import Schema

/// The pose that img2pose's notebook on AFLW2000-3D uses to compare translations and to look for foreheads
/// (FORMATS §12.1; vitoralbiero/img2pose, evaluation/jupyter_notebooks): EPnP on the 68 landmarks, in the
/// camera that img2pose assumes for the whole image.
///
/// AFLW2000-3D's landmarks are counted from 1, and the notebook uses them unchanged. Those of a record are
/// counted from 0, so 1 is added.
public struct Img2PoseReference {
  private var solver = EPnPSolver(model: FaceModel.bfm68Points.img2poseUnits)

  /// Prepares the solver; use one per thread.
  public init() {}

  /// - Returns: the pose in frame `bfm`, its translation in metres; nil where the face has no 68 landmarks, the
  ///   image's size is not known, or the landmarks determine no pose.
  public mutating func pose(of face: Face, in image: ImageReference) -> Extrinsics? {
    guard let landmarks = face.landmarks, landmarks.layout == .ibug68,
      landmarks.presentCount == landmarks.count, let width = image.width, let height = image.height
    else { return nil }
    var pose = solver.fit(camera: .widthPlusHeight(width, height)) { landmarks[$0].position + 1 }
    pose?.translation *= FaceModel.metresPerImg2PoseUnit
    return pose
  }
}
