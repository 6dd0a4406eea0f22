internal import Datasets
internal import Geometry

/// What is done to a pose between its notations.
public struct PoseChange: Sendable {
  /// Egocentric: relative to the camera's axis. Allocentric: relative to the line of sight to the head.
  public enum Sight: String, CaseIterable, Sendable { case egocentric, allocentric }
  /// PerspNet's alignment of the two datasets.
  public enum Origin: String, CaseIterable, Sendable {
    /// From BIWI's head centre to ARKit's.
    case biwiToARKit = "biwi-to-arkit"
    /// From ARKit's head centre to BIWI's.
    case arkitToBiwi = "arkit-to-biwi"
  }

  /// Left to right, as a flipped image shows it.
  public var isMirrored = false
  /// Moves the head's origin; nil to leave it.
  public var origin: Origin?
  /// Turns the rotation to another reference; nil to leave it.
  public var sight: Sight?

  /// No change unless one is named.
  public init(isMirrored: Bool = false, origin: Origin? = nil, sight: Sight? = nil) {
    (self.isMirrored, self.origin, self.sight) = (isMirrored, origin, sight)
  }

  /// - Throws: `RunFailure` where a change needs a translation and there is none.
  func applied(to pose: PoseNotation.Pose, at place: String) throws -> PoseNotation.Pose {
    guard var extrinsics = pose.extrinsics else {
      guard origin == nil, sight == nil else {
        throw RunFailure(
          "\(place): expected a translation, from which origin and line of sight follow, found none"
        )
      }
      return isMirrored ? PoseNotation.Pose(rotation: pose.rotation.mirrored) : pose
    }
    if isMirrored { extrinsics = extrinsics.mirrored }
    switch origin {
    case .biwiToARKit: extrinsics = extrinsics.fromBiwiToARKitOrigin
    case .arkitToBiwi: extrinsics = extrinsics.fromARKitToBiwiOrigin
    case nil: break
    }
    if sight != nil, !(extrinsics.translation.z > 0) {
      throw RunFailure(
        "\(place): expected a head in front of the camera, to which there is a line of sight")
    }
    switch sight {
    case .egocentric: extrinsics = extrinsics.egocentric
    case .allocentric: extrinsics = extrinsics.allocentric
    case nil: break
    }
    return PoseNotation.Pose(extrinsics)
  }
}
