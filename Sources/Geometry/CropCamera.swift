/// img2pose's two cameras of one face: the image's, and a crop's whose principal point is the box's
/// centre and whose focal length is the box's width plus height.
///
/// img2pose trains on *local* poses, in the crop camera, and maps a predicted one to the *global*
/// pose in the image (FORMATS §8; vitoralbiero/img2pose, utils/pose_operations.py). With K the image
/// camera, B the same with the box's centre as principal point, and s = (bw + bh) / f:
///
///     t_local = B⁻¹ K t, its z then times s;    M = K⁻¹ B = [1 0 a; 0 1 b; 0 0 1]
///     R_global = orthogonalised(M R_local)
///
/// M is a shear, so how it is made a rotation matters. SciPy since 1.15.2 takes the polar factor; as
/// polar(M R) = polar(M) R, that direction has the exact inverse R_local = polar(M)ᵀ R_global.
public struct CropCamera: Sendable {
  /// The shear's two entries: the box centre's offset from the principal point, over the focal length.
  let shear: SIMD2<Double>
  /// (bw + bh) / f.
  let scale: Double

  /// - Parameter box: must not be empty; its centre is rounded as Python's `//` does.
  public init(box: IntegerBox, image: Intrinsics) {
    precondition(!box.isEmpty, "a crop camera needs a box with area")
    let centre = SIMD2(Double(box.left + box.width / 2), Double(box.top + box.height / 2))
    shear = (centre - image.principalPoint) / image.focalLength
    scale = Double(box.width + box.height) / image.focalLength.x
  }

  /// The pose in the crop camera whose conversion by img2pose (SciPy >= 1.15.2) gives `global`.
  public func local(from global: Extrinsics) -> Extrinsics {
    let t = global.translation
    return Extrinsics(
      rotation: shearRotation.transpose * global.rotation,
      translation: SIMD3(t.x - shear.x * t.z, t.y - shear.y * t.z, t.z * scale))
  }

  /// The pose in the image camera, as img2pose converts a local one with SciPy >= 1.15.2.
  public func global(from local: Extrinsics) -> Extrinsics {
    let depth = local.translation.z / scale
    return Extrinsics(
      rotation: shearRotation * local.rotation,
      translation: SIMD3(
        local.translation.x + shear.x * depth, local.translation.y + shear.y * depth, depth))
  }

  private var shearRotation: Rotation {
    .polarFactor(ofRows: SIMD3(1, 0, shear.x), SIMD3(0, 1, shear.y), SIMD3(0, 0, 1))
  }
}
