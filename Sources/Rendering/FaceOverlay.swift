internal import Codecs
public import Geometry

/// Draws a face's annotation over its image: the box, landmarks and their contours, and the axes of the pose.
/// Coordinates are 0-based pixels of the canvas.
public struct FaceOverlay {
  private static let boxColour: Colour = [255, 210, 0]
  private static let landmarkColour: Colour = [0, 230, 255]
  private static let occludedColour: Colour = [255, 120, 220]
  /// x is red, y is green, and the face's normal, -z, is blue, as is usual for head poses.
  private static let axes: [(SIMD3<Double>, Colour)] = [
    ([1, 0, 0], [255, 60, 60]), ([0, 1, 0], [60, 220, 60]), ([0, 0, -1], [80, 120, 255]),
  ]
  /// The width of lines in pixels.
  private let weight: Double

  /// Draws with lines of one weight.
  ///
  /// - Parameter weight: the width of lines in pixels.
  public init(weight: Double = 1.5) { self.weight = weight }

  /// Draws the outline of the box.
  public func draw(box: BoundingBox, on canvas: inout Canvas) {
    canvas.drawRectangle(
      from: SIMD2(box.left, box.top), to: SIMD2(box.right, box.bottom), width: 1.2 * weight,
      colour: Self.boxColour)
  }

  /// Draws a landmark as a dot.
  ///
  /// - Parameters:
  ///   - landmark: in pixels of the canvas.
  ///   - radius: of the landmark's dot, in pixels.
  ///   - isOccluded: whether the point is hidden and only estimated. It then has another colour.
  ///   - canvas: what is drawn on.
  public func draw(
    landmark: SIMD2<Double>, radius: Double, isOccluded: Bool = false, on canvas: inout Canvas
  ) {
    canvas.fillEllipse(
      centre: landmark, radii: SIMD2(repeating: radius),
      colour: isOccluded ? Self.occludedColour : Self.landmarkColour)
  }

  /// Draws the piece of a contour between two landmarks.
  public func draw(
    contourFrom start: SIMD2<Double>, to end: SIMD2<Double>, on canvas: inout Canvas
  ) {
    canvas.drawLine(from: start, to: end, width: 0.7 * weight, colour: Self.landmarkColour)
  }

  /// Draws the three axes of a pose from the head's origin. Nothing is drawn where that is behind the camera.
  ///
  /// - Parameters:
  ///   - pose: in metres.
  ///   - camera: of the image on the canvas.
  ///   - length: of each axis, in metres.
  ///   - canvas: what is drawn on.
  public func draw(
    pose: Extrinsics, camera: Intrinsics, length: Double, on canvas: inout Canvas
  ) {
    guard pose.translation.z > 0 else { return }
    let origin = camera.projection(of: pose.translation)
    let ends = Self.axes.map { (pose.applied(to: length * $0.0), $0.1) }
    // Nearer axes are drawn over farther ones.
    for (end, colour) in ends.sorted(by: { $0.0.z > $1.0.z }) where end.z > 0 {
      canvas.drawLine(
        from: origin, to: camera.projection(of: end), width: 1.6 * weight, colour: colour)
    }
  }
}
