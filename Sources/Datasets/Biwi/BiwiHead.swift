public import Geometry
internal import Schema

/// A `_pose.txt`: the head's rotation and centre in the depth camera (FORMATS §5.2).
///
///     r00 r01 r02        rows of R; x to the right, y down, z away from the camera
///     r10 r11 r12
///     r20 r21 r22
///
///     x y z              the centre T in millimetres
///
/// The head's axes are the canonical ones, so R and T / 1000 are a pose as they stand.
public struct BiwiHead: Sendable, Equatable {
  public var rotation: Rotation
  /// In millimetres.
  public var centre: SIMD3<Double>

  public init(rotation: Rotation, centre: SIMD3<Double>) {
    self.rotation = rotation
    self.centre = centre
  }

  /// - Throws: where the text is no such file, the rows are no rotation to a thousandth (the dataset's six
  ///   digits give a millionth) or the head lies behind the camera.
  public init(text bytes: UnsafeRawBufferPointer) throws(BiwiTextProblem) {
    self = try Self.parse(bytes).head
  }

  static func parse(
    _ bytes: UnsafeRawBufferPointer
  ) throws(BiwiTextProblem) -> (head: BiwiHead, text: BiwiText) {
    let text = try BiwiText(bytes, layout: layout)
    let head = BiwiHead(rotation: try text.rotation(at: 0), centre: text.vector(3))
    guard head.centre.z > 0 else {
      throw BiwiTextProblem(
        line: text.lines[3],
        detail: "head centre: expected one before the camera, found z = \(head.centre.z.shortText)")
    }
    return (head, text)
  }

  private static let layout = [
    ("rotation", 3), ("rotation", 3), ("rotation", 3), ("head centre", 3),
  ]

  /// The file's text, with as many digits as the numbers have.
  public var text: String {
    BiwiText.rows(rotation) + "\n" + BiwiText.row([centre.x, centre.y, centre.z])
  }

  /// The pose in the depth camera, in metres: R, T / 1000.
  public var depthPose: Extrinsics { Extrinsics(rotation: rotation, translation: centre / 1000) }

  /// The pose in the camera of the images: R_cal R, (R_cal T + T_cal) / 1000.
  public func colourPose(_ calibration: BiwiCalibration) -> Extrinsics {
    Extrinsics(
      rotation: calibration.rotation * rotation,
      translation: (calibration.rotation * centre + calibration.translation) / 1000)
  }

  /// The head of a pose in the depth camera.
  public init(depthPose pose: Extrinsics) {
    self.init(rotation: pose.rotation, centre: 1000 * pose.translation)
  }

  /// The head of a pose in the camera of the images: R_cal^T R, R_cal^T (1000 t - T_cal).
  public init(colourPose pose: Extrinsics, _ calibration: BiwiCalibration) {
    let inverse = calibration.rotation.transpose
    self.init(
      rotation: inverse * pose.rotation,
      centre: inverse * (1000 * pose.translation - calibration.translation))
  }
}
