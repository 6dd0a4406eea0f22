public import Geometry

/// What img2pose's loader (data_loader_lmdb.py) makes of the faces that an image's sample stores, without augmentation:
/// each stored local pose in the whole image, in the camera that the loader assumes, and the box about it.
public struct Img2PoseLoader: Sendable {
  /// What the loader assumes: f = width + height, the principal point in the image's middle.
  public let camera: Intrinsics
  private let imageSize: SIMD2<Int>
  private let rule: RotationRule

  /// - Parameters:
  ///   - imageSize: width and height in pixels.
  ///   - rule: how a local pose is converted to the image's camera.
  public init(imageSize: SIMD2<Int>, rule: RotationRule = .procrustes) {
    camera = .widthPlusHeight(imageSize.x, imageSize.y)
    (self.imageSize, self.rule) = (imageSize, rule)
  }

  /// The pose that the face is trained on, in metres.
  ///
  /// - Parameters:
  ///   - local: in the camera of the box, in metres.
  ///   - box: in pixels of the image.
  public func pose(_ local: Extrinsics, of box: IntegerBox) -> Extrinsics {
    CropCamera(box: box, image: camera, rule: rule).global(from: local)
  }

  /// The box that the face is trained on: about the 68 points of img2pose's face, with room for the forehead.
  ///
  /// - Parameter pose: in the whole image.
  /// - Returns: nil where it has no area within the image; the model stops on such a box.
  public func box(of pose: Extrinsics) -> BoundingBox? {
    let points = FaceModel.bfm68Points.points.map {
      camera.projection(of: pose.applied(to: $0))
    }
    guard points.allSatisfy({ PlausibleRange.coordinate.contains($0) }) else { return nil }
    let box = BoundingBox.img2pose(
      about: points, roll: pose.rotation.rotationVector.z, imageSize: SIMD2<Double>(imageSize))
    return box.right > box.left && box.bottom > box.top ? box : nil
  }
}
