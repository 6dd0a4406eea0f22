internal import Geometry
internal import Schema

/// The box that img2pose's notebook gives an AFLW2000-3D face, to choose a detection by: round its 68
/// points, 1.1 times as large, with a forehead of 0.3 of the extent, cut at the image (FORMATS §8).
enum Img2PoseBox {
  /// - Parameter roll: the third component of the face's rotation vector; it tells where the forehead is.
  /// - Returns: nil where the face has not 68 points.
  static func box(of face: Face, image: ImageReference, roll: Double) -> BoundingBox? {
    guard let landmarks = face.landmarks, landmarks.layout == .ibug68,
      landmarks.presentCount == landmarks.count
    else { return nil }
    // AFLW2000's points count from 1, and the notebook takes them as they are.
    let points = (0..<landmarks.count).map { landmarks[$0].position + 1 }
    let least = points.dropFirst().reduce(points[0], pointwiseMin)
    let greatest = points.dropFirst().reduce(points[0], pointwiseMax)
    let extent = greatest - least
    let centre = (least + greatest) / 2
    let half = (extent * 1.1).rounded(.towardZero) / 2
    var (topLeft, bottomRight) = (centre - half, centre + half)
    let forehead = 0.3 * extent
    if roll.magnitude > 2.5 {
      bottomRight.y += forehead.y
    } else if roll > 1 {
      bottomRight.x += forehead.x
    } else if roll < -1 {
      topLeft.x -= forehead.x
    } else {
      topLeft.y -= forehead.y
    }
    topLeft = pointwiseMax(topLeft.rounded(.towardZero), .zero)
    bottomRight.round(.towardZero)
    if let width = image.width, let height = image.height {
      bottomRight = pointwiseMin(bottomRight, SIMD2(Double(width), Double(height)))
    }
    return BoundingBox(
      left: topLeft.x, top: topLeft.y, right: bottomRight.x, bottom: bottomRight.y)
  }
}
