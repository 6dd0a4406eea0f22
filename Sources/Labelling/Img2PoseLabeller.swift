public import Geometry
public import Schema

/// Derives poses as img2pose's converter does (FORMATS §8; vitoralbiero/img2pose,
/// convert_json_list_to_lmdb.py): EPnP without refinement, on landmarks relative to the whole-number box,
/// in the crop's camera; then converted to the image's camera by a matrix that is not a rotation.
///
/// On 5 noisy points EPnP is ill-conditioned, so that rounding decides; `EPnPSolver` rounds as OpenCV does.
public struct Img2PoseLabeller {
  private let rule: RotationRule
  private var five = EPnPSolver(model: FaceModel.bfmFivePoints.img2poseUnits)
  private var sixtyEight = EPnPSolver(model: FaceModel.bfm68Points.img2poseUnits)

  /// - Parameter rule: how poses are converted from the crop's camera to the image's.
  public init(rule: RotationRule) { self.rule = rule }

  /// The face's poses in both cameras, with translations in metres; nil where img2pose has no pose.
  ///
  /// It has none where a landmark is missing or has a coordinate of -1, which its converter takes for the
  /// mark of a missing one, and where the landmarks determine no pose.
  /// - Parameters:
  ///   - face: in pixels of the image.
  ///   - box: must not be empty.
  ///   - camera: the whole image's.
  public mutating func pose(of face: Face, box: IntegerBox, camera: Intrinsics) -> CropPose? {
    guard let annotated = face.landmarks else { return nil }
    let landmarks = annotated.img2posePoints
    for i in 0..<landmarks.count {
      guard let position = landmarks.position(i), position.x != -1, position.y != -1 else {
        return nil
      }
    }
    let crop = CropCamera(box: box, image: camera, rule: rule)
    guard isSpread(landmarks, crop.intrinsics) else { return nil }
    let corner = SIMD2(Double(box.left), Double(box.top))
    func landmark(_ i: Int) -> SIMD2<Double>? { landmarks.position(i).map { $0 - corner } }
    var local =
      landmarks.layout == .face5
      ? five.fit(camera: crop.intrinsics, landmark: landmark)
      : sixtyEight.fit(camera: crop.intrinsics, landmark: landmark)
    local?.translation *= FaceModel.metresPerImg2PoseUnit
    return local.map {
      CropPose(
        local: HeadPose($0, frame: .bfm), global: HeadPose(crop.global(from: $0), frame: .bfm))
    }
  }

  /// Whether the landmarks are further apart than about a hundredth of a pixel. For others the converter makes
  /// poses at a distance of 10¹⁴, which spoil its mean and deviation. That fault is not reproduced.
  private func isSpread(_ landmarks: Landmarks, _ camera: Intrinsics) -> Bool {
    var (sum, squares) = (SIMD2<Double>.zero, 0.0)
    let first = landmarks.position(0) ?? .zero
    for i in 0..<landmarks.count {
      let offset = ((landmarks.position(i) ?? .zero) - first) / camera.focalLength
      sum += offset
      squares += (offset * offset).sum()
    }
    let count = Double(landmarks.count)
    return squares / count - (sum * sum).sum() / (count * count) > 1e-10
  }

  /// Gives a face its pose in the image's camera, or removes its pose.
  mutating func label(_ face: inout Face, _ camera: Intrinsics) {
    (face.pose, face.fit) = (nil, nil)
    guard let box = IntegerBox(truncating: face.box), !box.isEmpty,
      let pose = pose(of: face, box: box, camera: camera)?.global,
      let landmarks = face.landmarks?.img2posePoints
    else { return }
    let model: FaceModel = landmarks.layout == .face5 ? .bfmFivePoints : .bfm68Points
    face.fit = pose.extrinsics.flatMap {
      FitQuality(epnp: $0, model, camera) { landmarks.position($0) }
    }
    if face.fit != nil { face.pose = pose }
  }
}

extension FaceModel {
  /// The points in img2pose's unit, where its float32 figures are exact: EPnP rounds to float32.
  var img2poseUnits: [SIMD3<Double>] {
    points.map { $0 / Self.metresPerImg2PoseUnit }
  }
}
