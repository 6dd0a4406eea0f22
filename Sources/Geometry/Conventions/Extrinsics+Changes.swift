extension Rotation {
  /// D R D with D = diag(−1, 1, 1): the rotation after the image is mirrored left to right (FORMATS §11.8).
  ///
  /// As D = −F, the matrix is the same as that of `inYUpAxes`, but it means something else.
  public var mirrored: Rotation { inYUpAxes }

  /// The smallest rotation that takes the camera's z axis to a direction: the *sight rotation* of whatever lies
  /// there (FORMATS §11.4).
  ///
  /// - Parameter direction: of any length. For the direction straight behind the camera the turn is about x, as
  ///   it is not unique. For the zero vector it is the identity.
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
  /// The pose after the image is mirrored left to right: R → D R D, t → D t (FORMATS §11.8).
  ///
  /// The object is mirrored too: vertices change the sign of x, and landmarks exchange their numbers. A pixel u
  /// moves to w − 1 − u, so the principal point moves to w − 1 − cx.
  public var mirrored: Extrinsics {
    Extrinsics(
      rotation: rotation.mirrored,
      translation: SIMD3(-translation.x, translation.y, translation.z))
  }

  /// Makes a rotation that is relative to the line of sight, as a crop or scaled orthography shows it, relative
  /// to the camera's axis: R = R_sight R_allocentric (FORMATS §11.4).
  ///
  /// The line of sight goes to the object's origin. The translation stays.
  public var egocentric: Extrinsics {
    Extrinsics(
      rotation: .sight(toward: translation) * rotation, translation: translation)
  }

  /// The inverse of `egocentric`: how the face looks along its own line of sight, wherever it is in the image.
  public var allocentric: Extrinsics {
    Extrinsics(
      rotation: Rotation.sight(toward: translation).transpose * rotation,
      translation: translation)
  }

  /// The same pose of an object whose origin is moved to one of its points: t → t + R point.
  ///
  /// `point` is then subtracted from all object points. It is in the unit of the translation.
  public func withOrigin(at point: SIMD3<Double>) -> Extrinsics {
    Extrinsics(rotation: rotation, translation: translation + rotation * point)
  }

  /// ARKit's face anchor in BIWI's head frame, in metres and canonical axes. This is PerspNet's alignment, (0,
  /// +0.010, −0.021) in OpenGL axes (FORMATS §11.9; biwi_preprocess.py). TRG's released test does not apply it.
  public static let arkitOriginInBiwi = SIMD3<Double>(0, -0.010, 0.021)

  /// ARKit's face anchor in the frame of the mean face (`bfm`), in metres and canonical axes. It is fitted to the
  /// 68 landmarks of both (rms 5 to 10 mm, FORMATS §11.9).
  public static let arkitOriginInBFM = SIMD3<Double>(-0.001, -0.016, 0.002)

  /// Changes the object frame from BIWI's head to ARKit's anchor: t_arkit = t_biwi + R c. In metres.
  public var fromBiwiToARKitOrigin: Extrinsics { withOrigin(at: Self.arkitOriginInBiwi) }
  /// The inverse: t_biwi = t_arkit − R c.
  public var fromARKitToBiwiOrigin: Extrinsics { withOrigin(at: -Self.arkitOriginInBiwi) }
}
