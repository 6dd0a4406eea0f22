internal import Codecs
public import Geometry
internal import Schema

/// An `rgb.cal` or `depth.cal`: one camera of the Kinect, and where the depth camera stands (FORMATS §5.2).
///
///     fx 0 cx            intrinsics
///     0 fy cy
///     0 0 1
///
///     k1 k2 k3 k4        distortion, 0 in the dataset
///
///     r00 r01 r02        rotation from the depth camera's axes to this one's
///     ...
///
///     x y z              translation in millimetres
///
///     640 480            image size
///
/// depth.cal has the identity. Distortion is kept in `distortion` and in the file's text only; the cameras of
/// records have none.
public struct BiwiCalibration: Sendable, Equatable {
  /// In pixels, without skew.
  public var intrinsics: Intrinsics
  /// k1 to k4, all 0 in the dataset.
  public var distortion: SIMD4<Double> = .zero
  /// The rotation and translation, in millimetres, from the depth camera's axes to this camera's.
  public var rig = BiwiRig(rotation: .identity, translation: .zero)
  /// Of the camera's images, in pixels.
  public var width: Int
  /// Of the camera's images, in pixels.
  public var height: Int

  /// A camera at the depth camera's place, without distortion.
  public init(intrinsics: Intrinsics, width: Int, height: Int) {
    self.intrinsics = intrinsics
    (self.width, self.height) = (width, height)
  }

  /// - Throws: `BiwiTextProblem` where the text is not such a file, or describes no possible camera.
  public init(text bytes: UnsafeRawBufferPointer) throws(BiwiTextProblem) {
    self = try Self.parse(bytes).calibration
  }

  static func parse(
    _ bytes: UnsafeRawBufferPointer
  ) throws(BiwiTextProblem) -> (calibration: BiwiCalibration, text: BiwiText) {
    let text = try BiwiText(bytes, layout: layout)
    let (first, second, third) = (text.vector(0), text.vector(1), text.vector(2))
    guard PlausibleRange.focalLength.contains(SIMD2(first.x, second.y)), first.y == 0,
      second.x == 0, third == [0, 0, 1]
    else {
      throw BiwiTextProblem(
        line: text.lines[0],
        detail: "intrinsics: expected 'fx 0 cx', '0 fy cy', '0 0 1', found other rows")
    }
    let size = text.rows[8]
    guard size.allSatisfy({ $0 == $0.rounded() && $0 >= 1 && $0 <= 16_384 }) else {
      throw BiwiTextProblem(
        line: text.lines[8],
        detail:
          "image size: expected width and height, found \(size[0].shortText) \(size[1].shortText)")
    }
    var calibration = BiwiCalibration(
      intrinsics: Intrinsics(
        focalLength: SIMD2(first.x, second.y), principalPoint: SIMD2(first.z, second.z)),
      width: Int(size[0]), height: Int(size[1]))
    let distortion = text.rows[3]
    calibration.distortion = SIMD4(distortion[0], distortion[1], distortion[2], distortion[3])
    calibration.rig = BiwiRig(rotation: try text.rotation(at: 4), translation: text.vector(7))
    return (calibration, text)
  }

  private static let layout = [
    ("intrinsics", 3), ("intrinsics", 3), ("intrinsics", 3), ("distortion", 4), ("rotation", 3),
    ("rotation", 3), ("rotation", 3), ("translation", 3), ("image size", 2),
  ]

  /// The text of the file, with as many digits as the numbers need.
  public var text: String {
    let (focal, centre) = (intrinsics.focalLength, intrinsics.principalPoint)
    return BiwiText.row([focal.x, 0, centre.x]) + BiwiText.row([0, focal.y, centre.y])
      + BiwiText.row([0, 0, 1]) + "\n"
      + BiwiText.row((0..<4).map { distortion[$0] }) + "\n"
      + BiwiText.rows(rig.rotation) + "\n"
      + BiwiText.row([rig.translation.x, rig.translation.y, rig.translation.z]) + "\n"
      + "\(width) \(height)\n"
  }
}
