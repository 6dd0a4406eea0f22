extension BoundingBox {
  /// The box that img2pose draws around a face. It encloses the face's 68 points, is 1.1 times as large, and has
  /// a forehead of 0.3 of the extent. Its corners are whole numbers and are cut at the image's rim (FORMATS §8;
  /// vitoralbiero/img2pose, utils/image_operations.py, `expand_bbox_rectangle`).
  ///
  /// - Parameters:
  ///   - points: at least one, in pixels.
  ///   - roll: the third component of the face's rotation vector, in radians. It tells on which side the forehead
  ///     is.
  ///   - imageSize: width and height in pixels; nil to cut nothing on the right and below.
  /// - Returns: the box. It may be empty where the points lie outside of the image.
  public static func img2pose(
    about points: [SIMD2<Double>], roll: Double, imageSize: SIMD2<Double>?
  ) -> BoundingBox {
    precondition(!points.isEmpty, "a box about points needs some")
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
    if let imageSize { bottomRight = pointwiseMin(bottomRight, imageSize) }
    return BoundingBox(
      left: topLeft.x, top: topLeft.y, right: bottomRight.x, bottom: bottomRight.y)
  }
}
