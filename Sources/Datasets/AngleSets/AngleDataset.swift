internal import Codecs
internal import Geometry
internal import Schema

/// The datasets from which Hopenet, 6DRepNet and FSA-Net learn pitch, yaw and roll, by the files that hold the
/// angles.
enum AngleDataset: Sendable, Equatable {
  /// 300W-LP and AFLW2000-3D: `Pose_Para` and `pt2d` of the `.mat` file beside the image.
  case mat(MATFaceForm)
  /// BIWI: the rotation of `_pose.txt`, in the depth camera.
  case biwi

  /// - Returns: nil for records of any other dataset. Those that kept a `Pose_Para` are of 300W-LP or AFLW2000-3D
  ///   by whatever name.
  init?(_ record: ImageRecord) {
    switch record.source.dataset {
    case DatasetName.threeHundredWLP: self = .mat(.threeHundredWLP)
    case DatasetName.aflw2000: self = .mat(.aflw2000)
    case DatasetName.biwi: self = .biwi
    default:
      guard let face = record.faces.first, face.nativeArray("Pose_Para") != nil else { return nil }
      self = .mat(face.nativeArray("pt3d_68") == nil ? .threeHundredWLP : .aflw2000)
    }
  }

  /// The angles that the systems' own code computes from the files, in the convention of Pose_Para
  /// (`EulerConvention.aflw`), which Hopenet's formula for BIWI gives too. As annotated, where the record kept
  /// that: a yaw beyond 90° cannot be had from a rotation.
  ///
  /// - Returns: nil where the record has no pose, or none before a camera.
  func angles(of record: ImageRecord) -> EulerAngles? {
    switch self {
    case .mat:
      guard let face = record.faces.first, let head = face.pose else { return nil }
      if let array = face.nativeArray("Pose_Para"),
        let known = PoseParameters(checking: array.doubles),
        known.isPose(of: face, in: record)
      {
        return known.angles
      }
      guard let camera = record.camera?.intrinsics, let motion = head.extrinsics,
        let pose = PoseParameters(
          motion, camera, imageHeight: record.image.height ?? PoseParameters.usualSize,
          isEgocentric: face.isEgocentric)
      else { return EulerConvention.aflw.angles(of: head.rotation) }
      return pose.angles
    case .biwi:
      return BiwiContent(record)?.angles
    }
  }

  /// Why records that are of none of these datasets are left out.
  static func refusal(of record: ImageRecord) -> String {
    "images of '\(record.source.dataset)', which has no files with poses in the form of 300W-LP, AFLW2000 or BIWI"
  }
}

extension PoseParameters {
  /// Whether a face's pose still is this one of its source.
  fileprivate func isPose(of face: Face, in record: ImageRecord) -> Bool {
    guard let head = face.pose else { return false }
    guard let camera = record.camera?.intrinsics else {
      return weakPerspective.rotation.angle(to: head.rotation) < 1e-9
    }
    return says(
      head.notated, camera, imageHeight: record.image.height ?? Self.usualSize,
      isEgocentric: face.isEgocentric)
  }
}

extension EulerAngles {
  /// Whether all angles are below 99° in size, so that they and those of the mirrored image are in one of
  /// Hopenet's 66 classes of 3° from -99° on: 99° itself is in a 67th, and -99° is mirrored to it. Its code computes
  /// with the annotated float32; NumPy 1 goes on in float64, NumPy 2 in float32, so both must hold.
  var isBelow99Degrees: Bool {
    [pitch, yaw, roll].allSatisfy {
      abs($0 * 180 / .pi) < 99 && abs(Float($0).asNumPyDegrees) < 99
    }
  }
}

extension Float {
  /// An angle in radians as `x * 180 / np.pi` gives it in degrees for NumPy 2's float32. `Float.pi` is not the
  /// nearest to pi but below it.
  var asNumPyDegrees: Float { self * 180 / Float(Double.pi) }
}
