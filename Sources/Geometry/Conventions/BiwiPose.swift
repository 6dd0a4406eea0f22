/// A head's pose as BIWI's `frame_*_pose.txt` gives it. It is in the depth camera (x right, y down, z forward),
/// and its object frame is that of BIWI's head meshes (FORMATS §5.2, §11.2).
public struct BiwiPose: Sendable, Equatable {
  /// The file's three rows. The matrix acts on columns and is already canonical.
  public var rotation: Rotation
  /// The file's last line: the head's centre in millimetres.
  public var centre: SIMD3<Double>

  /// From the file's numbers; `centre` is in millimetres.
  public init(rotation: Rotation, centre: SIMD3<Double>) {
    self.rotation = rotation
    self.centre = centre
  }

  /// The pose in the depth camera, in metres.
  public var extrinsics: Extrinsics {
    Extrinsics(rotation: rotation, translation: centre / 1000)
  }

  /// From a pose in the depth camera, in metres.
  public init(_ extrinsics: Extrinsics) {
    self.init(rotation: extrinsics.rotation, centre: 1000 * extrinsics.translation)
  }
}

/// How BIWI's depth camera relates to its colour camera, from `rgb.cal`: X_rgb = R X_depth + T (FORMATS §5.2; TRG
/// and PerspNet read it in this way).
public struct BiwiRig: Sendable, Equatable {
  /// R: from axes of the depth camera to those of the colour camera.
  public var rotation: Rotation
  /// T in millimetres.
  public var translation: SIMD3<Double>

  /// From R and T; `translation` is in millimetres.
  public init(rotation: Rotation, translation: SIMD3<Double>) {
    self.rotation = rotation
    self.translation = translation
  }

  /// The head's pose in the colour camera, in metres.
  public func toColourCamera(_ pose: BiwiPose) -> Extrinsics {
    Extrinsics(
      rotation: rotation * pose.rotation,
      translation: (rotation * pose.centre + translation) / 1000)
  }

  /// The inverse of `toColourCamera`.
  ///
  /// - Parameter pose: in the colour camera, in metres.
  public func toDepthCamera(_ pose: Extrinsics) -> BiwiPose {
    let back = rotation.transpose
    return BiwiPose(
      rotation: back * pose.rotation, centre: back * (1000 * pose.translation - translation))
  }
}
