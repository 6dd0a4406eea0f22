internal import Codecs
public import Geometry
internal import Glibc
internal import Schema

/// A `_pose.txt`: the head's rotation and centre in the depth camera (FORMATS §5.2).
///
///     r00 r01 r02        rows of R
///     r10 r11 r12
///     r20 r21 r22
///
///     x y z              the centre in millimetres
extension BiwiPose {
  /// - Throws: `BiwiTextProblem` where the text is not such a file, the rows are not a rotation to a thousandth
  ///   (the dataset's six digits give a millionth), or the head lies behind the camera.
  public init(text bytes: UnsafeRawBufferPointer) throws(BiwiTextProblem) {
    self = try Self.parse(bytes).head
  }

  static func parse(
    _ bytes: UnsafeRawBufferPointer
  ) throws(BiwiTextProblem) -> (head: BiwiPose, text: BiwiText) {
    let text = try BiwiText(bytes, layout: layout)
    let head = BiwiPose(rotation: try text.rotation(at: 0), centre: text.vector(3))
    guard head.centre.z > 0 else {
      throw BiwiTextProblem(
        line: text.lines[3],
        detail: "head centre: expected one before the camera, found z = \(head.centre.z.shortText)")
    }
    return (head, text)
  }

  /// The angles, in the convention of 300W-LP's Pose_Para (`EulerConvention.aflw`), that Hopenet and FSA-Net compute
  /// from a file's numbers: not from the rotation, but from the rows as they are, which to six digits are only nearly
  /// one.
  ///
  /// - Throws: as `init(text:)`.
  static func anglesOfRows(_ bytes: UnsafeRawBufferPointer) throws(BiwiTextProblem) -> EulerAngles {
    let text = try BiwiText(bytes, layout: layout)
    let (first, second, third) = (text.vector(0), text.vector(1), text.vector(2))
    return EulerAngles(
      pitch: atan2(second.z, third.z),
      yaw: atan2(first.z, (second.z * second.z + third.z * third.z).squareRoot()),
      roll: -atan2(first.y, first.x))
  }

  private static let layout = [
    ("rotation", 3), ("rotation", 3), ("rotation", 3), ("head centre", 3),
  ]

  /// The text of the file, with as many digits as the numbers need.
  public var text: String {
    BiwiText.rows(rotation) + "\n" + BiwiText.row([centre.x, centre.y, centre.z])
  }
}
