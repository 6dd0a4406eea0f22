internal import Geometry

/// ARKitFace's projection as one of our cameras (FORMATS §6, §11.6). Its axes are
/// `RowTransform.Axes.openGL`.
enum ARKitFaceProjection {
  /// The scale of `projection_matrix.txt`: the focal length in units of half the image's width (for y, half
  /// its height).
  static let focalScale = 1.57443701

  /// The camera that equals PerspNet's chain of matrices:
  /// `p = [V 1] R_t M_proj M1`, u = p0 / p3, v = h - p1 / p3.
  static func camera(width: Int, height: Int) -> Intrinsics {
    let half = SIMD2(Double(width), Double(height)) / 2
    return Intrinsics(focalLength: focalScale * half, principalPoint: half)
  }
}
