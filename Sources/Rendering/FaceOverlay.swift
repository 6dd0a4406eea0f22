internal import Codecs
public import Geometry

/// Draws a face's annotation over its image: box, landmarks and their contours, and the axes of its pose.
public struct FaceOverlay {
  private static let boxColour: Colour = [255, 210, 0]
  private static let landmarkColour: Colour = [0, 230, 255]
  private static let occludedColour: Colour = [255, 120, 220]
  /// x red, y green, and the face's normal, -z, blue, as is usual for head poses.
  private static let axes: [(SIMD3<Double>, Colour)] = [
    ([1, 0, 0], [255, 60, 60]), ([0, 1, 0], [60, 220, 60]), ([0, 0, -1], [80, 120, 255]),
  ]
  /// What lines are as wide as, in pixels.
  private let weight: Double

  /// - Parameter weight: how wide the lines are, in pixels.
  public init(weight: Double = 1.5) { self.weight = weight }

  public func draw(box: BoundingBox, on canvas: inout Canvas) {
    canvas.drawRectangle(
      from: SIMD2(box.left, box.top), to: SIMD2(box.right, box.bottom), width: 1.2 * weight,
      colour: Self.boxColour)
  }

  /// - Parameters:
  ///   - radius: of the dot, in pixels.
  ///   - isOccluded: whether the point is guessed, which another colour shows.
  public func draw(
    landmark: SIMD2<Double>, radius: Double, isOccluded: Bool = false, on canvas: inout Canvas
  ) {
    canvas.fillEllipse(
      centre: landmark, radii: SIMD2(repeating: radius),
      colour: isOccluded ? Self.occludedColour : Self.landmarkColour)
  }

  /// A piece of a contour between two landmarks.
  public func draw(
    contourFrom start: SIMD2<Double>, to end: SIMD2<Double>, on canvas: inout Canvas
  ) {
    canvas.drawLine(from: start, to: end, width: 0.7 * weight, colour: Self.landmarkColour)
  }

  /// Nothing where the pose is behind the camera.
  ///
  /// - Parameter length: of each axis in metres.
  public func draw(
    pose: Extrinsics, camera: Intrinsics, length: Double, on canvas: inout Canvas
  ) {
    guard pose.translation.z > 0 else { return }
    let origin = camera.projection(of: pose.translation)
    let ends = Self.axes.map { (pose.applied(to: length * $0.0), $0.1) }
    // What is nearer is drawn over what is farther.
    for (end, colour) in ends.sorted(by: { $0.0.z > $1.0.z }) where end.z > 0 {
      canvas.drawLine(
        from: origin, to: camera.projection(of: end), width: 1.6 * weight, colour: colour)
    }
  }
}
