internal import Geometry
public import Schema

/// What img2pose's LMDB stores of one face.
public struct Img2PoseTarget: Sendable {
  /// Why a face with a pose cannot be trained on.
  public enum Refusal: Sendable {
    /// A point is missing, and no face model is in the frame of the pose, so it cannot be filled in; or img2pose's path makes
    /// no pose of the points.
    case missingPoints
    /// The box that img2pose's loader draws about the projected face has no area within the image; its model
    /// stops on such a box.
    case outsideImage
    /// It has no landmarks that img2pose's loader could augment it by, or img2pose's path make a pose of.
    case noLandmarks
    /// The pose has no translation.
    case noTranslation
    /// The pose lies behind the camera, which sees no face there.
    case behindCamera
  }

  /// Translations in metres; nil for a face that is not to be trained on.
  public var pose: CropPose?
  /// Nil where none are stored. Where there is a pose, none is missing and none has a coordinate of -1, by which
  /// img2pose's loader knows faces that it blacks out; both but for source `img2pose`.
  public var landmarks: Landmarks?
  /// How many of the landmarks were missing and are stored as the pose projects them.
  public var completedPoints = 0
  /// Nil where the face is trained on, or has nothing to train on.
  public var refusal: Refusal?

  static let none = Img2PoseTarget()
}
