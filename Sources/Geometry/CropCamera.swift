/// img2pose's two cameras of one face: the image's camera, and that of a crop. The crop's principal point is the
/// box's centre, and its focal length is the box's width plus height.
///
/// img2pose trains on *local* poses, in the crop camera, and maps a predicted one to the *global*
/// pose in the image (FORMATS §8; vitoralbiero/img2pose, utils/pose_operations.py). With K the image
/// camera, B the same with the box's centre as principal point, and s = (bw + bh) / f:
///
///     t_local = B⁻¹ K t, its z then times s;    M = K⁻¹ B = [1 0 a; 0 1 b; 0 0 1]
///     R_global = rule(M R_local)
///
/// M is a shear, so it matters how M R_local is turned into a rotation: see `RotationRule`.
public struct CropCamera: Sendable {
  /// The crop's own camera, for landmarks in pixels from the box's top left corner.
  public let intrinsics: Intrinsics
  /// The shear's two entries a, b: the offset of the box's centre from the principal point, divided by the focal
  /// length.
  let shear: SIMD2<Double>
  /// (bw + bh) / f.
  let scale: Double
  private let rule: RotationRule

  /// The cameras of an annotated box, whose corners are whole numbers.
  ///
  /// - Parameters:
  ///   - box: in pixels; must not be empty. Its centre is rounded down, as by Python's `//`.
  ///   - image: the camera of the whole image.
  ///   - rule: how a rotation is made again of the sheared one.
  public init(box: IntegerBox, image: Intrinsics, rule: RotationRule = .procrustes) {
    precondition(!box.isEmpty, "a crop camera needs a box with area")
    let centre = SIMD2(Double(box.left + box.width / 2), Double(box.top + box.height / 2))
    intrinsics = .widthPlusHeight(box.width, box.height)
    shear = (centre - image.principalPoint) / image.focalLength
    scale = Double(box.width + box.height) / image.focalLength.x
    self.rule = rule
  }

  /// For a box as a network proposes it, whose corners are not whole numbers. Half of its size is rounded down
  /// all the same, and its centre is then truncated, because img2pose's code puts it into a matrix of whole
  /// numbers.
  ///
  /// - Parameters:
  ///   - box: in pixels; must not be empty.
  ///   - image: the camera of the whole image.
  ///   - rule: how a rotation is made again of the sheared one.
  public init(box: BoundingBox, image: Intrinsics, rule: RotationRule = .procrustes) {
    precondition(!box.isDegenerate, "a crop camera needs a box with area")
    let half = (SIMD2(box.width, box.height) / 2).rounded(.down)
    let size = box.width + box.height
    intrinsics = Intrinsics(focalLength: SIMD2(repeating: size), principalPoint: half)
    let centre = (SIMD2(box.left, box.top) + half).rounded(.towardZero)
    shear = (centre - image.principalPoint) / image.focalLength
    scale = size / image.focalLength.x
    self.rule = rule
  }

  /// The pose in the image camera, converted from a local pose as img2pose does it.
  public func global(from local: Extrinsics) -> Extrinsics {
    let depth = local.translation.z / scale
    return Extrinsics(
      rotation: global(from: local.rotation),
      translation: SIMD3(
        local.translation.x + shear.x * depth, local.translation.y + shear.y * depth, depth))
  }

  /// The inverse of `global(from:)`: the pose in the crop camera.
  ///
  /// With `procrustes` it is exact, as polar(M R) = polar(M) R. With `markley` such a pose may not exist. Then
  /// the result is the best one that up to 20 steps of R ← R · (global(R)ᵀ R_global) meet.
  public func local(from global: Extrinsics) -> Extrinsics {
    let t = global.translation
    return Extrinsics(
      rotation: local(from: global.rotation),
      translation: SIMD3(t.x - shear.x * t.z, t.y - shear.y * t.z, t.z * scale))
  }

  private func global(from local: Rotation) -> Rotation {
    let r = local.rows
    return rule.rotation(ofRows: r.0 + shear.x * r.2, r.1 + shear.y * r.2, r.2)
  }

  private func local(from global: Rotation) -> Rotation {
    let tilt = Rotation.polarFactor(
      ofRows: SIMD3(1, 0, shear.x), SIMD3(0, 1, shear.y), SIMD3(0, 0, 1))
    var candidate = tilt.transpose * global
    guard rule == .markley else { return candidate }
    var (best, least) = (candidate, Double.infinity)
    for _ in 0..<20 {
      let reached = self.global(from: candidate)
      let error = reached.angle(to: global)
      if error < least { (best, least) = (candidate, error) }
      if error < 1e-12 { break }
      candidate = (candidate * (reached.transpose * global)).orthonormalised()
    }
    return best
  }
}
