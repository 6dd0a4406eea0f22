extension Rotation {
  /// D R D with D = diag(−1, 1, 1): the rotation in the image mirrored left to right (FORMATS §11.8).
  ///
  /// As D = −F it is the matrix of `inYUpAxes`, whose meaning is another.
  public var mirrored: Rotation { inYUpAxes }

  /// The least rotation that takes the camera's axis z to a direction: the *sight rotation* of whatever
  /// lies there (FORMATS §11.4).
  ///
  /// - Parameter direction: of any length. The way straight behind the camera is not unique and taken about x;
  ///   to no direction at all it is none.
  public static func sight(toward direction: SIMD3<Double>) -> Rotation {
    let distance = length(direction)
    guard distance > 0 else { return .identity }
    let d = direction / distance
    guard d.z > -1 else { return .yUp }
    let share = 1 / (1 + d.z)
    return Rotation(
      rows: SIMD3(1 - share * d.x * d.x, -share * d.x * d.y, d.x),
      SIMD3(-share * d.x * d.y, 1 - share * d.y * d.y, d.y), SIMD3(-d.x, -d.y, d.z))
  }
}

extension Extrinsics {
  /// The pose in the image mirrored left to right: R → D R D, t → D t (FORMATS §11.8).
  ///
  /// The object is mirrored too: vertices change the sign of x, and landmarks their numbers. Pixels u go to
  /// w − 1 − u, so that the principal point goes to w − 1 − cx.
  public var mirrored: Extrinsics {
    Extrinsics(
      rotation: rotation.mirrored,
      translation: SIMD3(-translation.x, translation.y, translation.z))
  }

  /// The pose whose rotation is relative to the camera's axis, where this one's is relative to the line of
  /// sight, as a crop or scaled orthography shows it: R = R_sight R_allocentric (FORMATS §11.4).
  ///
  /// The sight is that of the object's origin; the translation stays.
  public var egocentric: Extrinsics {
    Extrinsics(
      rotation: .sight(toward: translation) * rotation, translation: translation)
  }

  /// The inverse of `egocentric`: how the face looks from where the camera is, wherever in the image.
  public var allocentric: Extrinsics {
    Extrinsics(
      rotation: Rotation.sight(toward: translation).transpose * rotation,
      translation: translation)
  }

  /// The same pose of an object whose origin is moved to one of its points: t → t + R point.
  ///
  /// Object points then lose `point`. In the unit of the translation.
  public func withOrigin(at point: SIMD3<Double>) -> Extrinsics {
    Extrinsics(rotation: rotation, translation: translation + rotation * point)
  }

  /// Where ARKit's face anchor is in BIWI's head frame, in metres and canonical axes: PerspNet's alignment,
  /// (0, +0.010, −0.021) in OpenGL axes (FORMATS §11.9; biwi_preprocess.py). TRG's released test has none.
  public static let arkitOriginInBiwi = SIMD3<Double>(0, -0.010, 0.021)

  /// Where ARKit's face anchor is in the frame of the mean face (`bfm`), likewise, as the 68 landmarks of both tell
  /// (rms 5 to 10 mm, FORMATS §11.9).
  public static let arkitOriginInBFM = SIMD3<Double>(-0.001, -0.016, 0.002)

  /// A pose of BIWI's head as one of ARKit's: t_arkit = t_biwi + R c.
  public var fromBiwiToARKitOrigin: Extrinsics { withOrigin(at: Self.arkitOriginInBiwi) }
  /// The inverse: t_biwi = t_arkit − R c.
  public var fromARKitToBiwiOrigin: Extrinsics { withOrigin(at: -Self.arkitOriginInBiwi) }
}
