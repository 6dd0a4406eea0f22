/// Points of a mean face, in metres, in the canonical object frame: x to the image's right, y down, z
/// away from the camera when the face looks into it.
public struct FaceModel: Sendable {
  public let name: String
  public let points: [SIMD3<Double>]

  /// Distance between the two eye points (the first two), in metres.
  public var interocularDistance: Double {
    let offset = points[1] - points[0]
    return (offset * offset).sum().squareRoot()
  }

  /// img2pose's five reference points, image-left eye, image-right eye, nose tip, image-left and
  /// image-right mouth corner (float32 figures of vitoralbiero/img2pose,
  /// pose_references/reference_3d_5_points_trans.npy; Albiero et al., CVPR 2021). Its unit is 0.1 m
  /// (FORMATS §8), so a pose in metres is a tenth of img2pose's.
  public static let bfmFivePoints = FaceModel(
    name: "bfm-5",
    img2poseUnits: [
      [-0.30313677, -0.4008789, -0.37974212],
      [0.32007796, -0.3944147, -0.37752032],
      [0.01478795, -0.02910064, -0.7367204],
      [-0.23718083, 0.27580532, -0.39722505],
      [0.22684711, 0.28580052, -0.41195285],
    ])

  /// Metres in img2pose's unit of length.
  public static let metresPerImg2PoseUnit = 0.1

  private init(name: String, img2poseUnits points: [SIMD3<Float>]) {
    self.name = name
    self.points = points.map { SIMD3<Double>($0) * Self.metresPerImg2PoseUnit }
  }
}
