/// A face's pose in its crop's camera, on which img2pose trains, and in the image's camera (FORMATS §8). Both have a
/// translation.
public struct CropPose: Sendable, Equatable {
  /// In the crop's camera (`CropCamera`).
  public var local: HeadPose
  /// In the image's camera.
  public var global: HeadPose

  /// From both poses; that they belong together is not checked.
  public init(local: HeadPose, global: HeadPose) {
    self.local = local
    self.global = global
  }
}
