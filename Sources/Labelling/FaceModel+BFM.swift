internal import Schema

extension FaceModel {
  /// The length of img2pose's unit, in metres.
  public static let metresPerImg2PoseUnit = MeanFace.metresPerUnit

  /// img2pose's five reference points, in metres.
  public static let bfmFivePoints = FaceModel(img2pose: .face5, MeanFace.fivePoints)

  /// img2pose's 68 reference points, in metres.
  public static let bfm68Points = FaceModel(img2pose: .ibug68, MeanFace.ibug68Points)

  private init(img2pose layout: Landmarks.Layout, _ points: [SIMD3<Double>]) {
    self.init(
      name: "bfm-\(layout.count)",
      source:
        "img2pose, pose_references/reference_3d_\(layout.count)_points_trans.npy (Albiero et al., CVPR 2021)",
      layout: layout, points: points, frame: .bfm)
  }
}
