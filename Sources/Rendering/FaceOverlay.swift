internal import Codecs
public import Geometry

/// Draws a face's annotation over its image: box, landmarks, and the axes of its pose.
public struct FaceOverlay {
  private static let boxColour: Colour = [255, 210, 0]
  private static let landmarkColour: Colour = [0, 230, 255]
  /// x red, y green, and the face's normal, -z, blue, as is usual for head poses.
  private static let axes: [(SIMD3<Double>, Colour)] = [
    ([1, 0, 0], [255, 60, 60]), ([0, 1, 0], [60, 220, 60]), ([0, 0, -1], [80, 120, 255]),
  ]

  public init() {}

  public func draw(box: BoundingBox, on canvas: inout Canvas) {
    canvas.drawRectangle(
      from: SIMD2(box.left, box.top), to: SIMD2(box.right, box.bottom), width: 2,
      colour: Self.boxColour)
  }

  public func draw(landmark: SIMD2<Double>, size: Double, on canvas: inout Canvas) {
    canvas.fillEllipse(
      centre: landmark, radii: SIMD2(repeating: max(1.5, size)), colour: Self.landmarkColour)
  }

  /// - Parameter length: of each axis in metres.
  public func draw(
    pose: Extrinsics, camera: Intrinsics, length: Double, on canvas: inout Canvas
  ) {
    let origin = camera.projection(of: pose.translation)
    for (axis, colour) in Self.axes {
      let end = pose.applied(to: length * axis)
      guard end.z > 0 else { continue }
      canvas.drawLine(from: origin, to: camera.projection(of: end), width: 2.5, colour: colour)
    }
  }
}
