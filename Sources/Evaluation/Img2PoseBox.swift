internal import Geometry
internal import Schema

/// The box that img2pose's notebook gives a face of AFLW2000-3D, by which it chooses a detection.
enum Img2PoseBox {
  /// - Parameter roll: the third component of the face's rotation vector, in radians; it shows where the forehead is.
  /// - Returns: nil where the face does not have 68 points.
  static func box(of face: Face, image: ImageReference, roll: Double) -> BoundingBox? {
    guard let landmarks = face.landmarks, landmarks.layout == .ibug68,
      landmarks.presentCount == landmarks.count
    else { return nil }
    // AFLW2000's points are counted from 1, and the notebook uses them unchanged.
    let points = (0..<landmarks.count).map { landmarks[$0].position + 1 }
    var size: SIMD2<Double>?
    if let width = image.width, let height = image.height {
      size = SIMD2(Double(width), Double(height))
    }
    return .img2pose(about: points, roll: roll, imageSize: size)
  }
}
