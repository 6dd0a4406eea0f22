/// A face's pose in its crop's camera, which img2pose trains on, and in the image's.
public struct CropPose: Sendable, Equatable {
  public var local: HeadPose
  public var global: HeadPose

  public init(local: HeadPose, global: HeadPose) {
    self.local = local
    self.global = global
  }
}
