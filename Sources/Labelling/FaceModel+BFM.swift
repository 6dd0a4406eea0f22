internal import Schema

extension FaceModel {
  /// The length of img2pose's unit, in metres.
  public static let metresPerImg2PoseUnit = MeanFace.metresPerUnit

  /// img2pose's five reference points, in metres.
  public static let bfmFivePoints = FaceModel(
    img2pose: .face5, MeanFace.fivePoints, turnSigma: SIMD3(3, 0, 0))

  /// img2pose's 68 reference points, in metres.
  public static let bfm68Points = FaceModel(
    img2pose: .ibug68, MeanFace.ibug68Points, turnSigma: SIMD3(4, 0, 0))

  /// - Parameter turnSigma: poses of 900 faces of AFLW2000 pitch 4.4 degrees further than annotated in a camera of f =
  ///   width + height, 2.2 in a nearly orthographic one; five points leave more to the fit's own uncertainty.
  private init(
    img2pose layout: Landmarks.Layout, _ points: [SIMD3<Double>], turnSigma: SIMD3<Double>
  ) {
    self.init(
      name: "bfm-\(layout.count)",
      source:
        "img2pose, pose_references/reference_3d_\(layout.count)_points_trans.npy (Albiero et al., CVPR 2021)",
      layout: layout, points: points, frame: .bfm, turnSigma: turnSigma)
  }
}
