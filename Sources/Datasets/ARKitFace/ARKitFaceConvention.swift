internal import Geometry

/// ARKitFace's axes and projection in ours. FORMATS §6, §11.2, §11.6.
///
/// Its face and camera have x to the image's right, y up and z toward the viewer, and `R_t` acts on
/// row vectors: `[x y z 1] R_t = [Xc Yc Zc 1]`, R_t = [[Rᵀ, 0], [t, 1]]. With F = diag(1, -1, -1):
///
///     R_ours = F R F    t_ours = F t    X_ours = F X
enum ARKitFaceConvention {
  /// The scale of `projection_matrix.txt`: the focal length in half widths (and half heights) of the
  /// image.
  static let focalScale = 1.57443701

  /// The camera that PerspNet's chain of matrices amounts to:
  /// `p = [V 1] R_t M_proj M1`, u = p0 / p3, v = h - p1 / p3.
  static func camera(width: Int, height: Int) -> Intrinsics {
    let half = SIMD2(Double(width), Double(height)) / 2
    return Intrinsics(focalLength: focalScale * half, principalPoint: half)
  }

  /// F X, in either direction.
  @inline(__always)
  static func flipped(_ point: SIMD3<Double>) -> SIMD3<Double> {
    SIMD3(point.x, -point.y, -point.z)
  }

  /// The affine map from ARKit's object axes to our camera axes that `R_t` says, to the last bit.
  ///
  /// - Parameter numbers: 16, row by row.
  static func cameraMap(_ numbers: [Double]) -> AffineMap {
    AffineMap(
      rows: (
        SIMD3(numbers[0], numbers[4], numbers[8]), -SIMD3(numbers[1], numbers[5], numbers[9]),
        -SIMD3(numbers[2], numbers[6], numbers[10])
      ),
      translation: flipped(SIMD3(numbers[12], numbers[13], numbers[14])))
  }

  /// The pose in our axes; nil where the 3 x 3 part is no rotation to 1e-3, which float32 keeps to
  /// 1e-6.
  ///
  /// - Parameter map: as `cameraMap` gives it.
  static func pose(_ map: AffineMap) -> Extrinsics? {
    let (a, b, c) = (flipped(map.rows.0), flipped(map.rows.1), flipped(map.rows.2))
    let tolerance = 1e-3
    for product in [dot(a, b), dot(b, c), dot(c, a), dot(a, a) - 1, dot(b, b) - 1, dot(c, c) - 1] {
      guard abs(product) <= tolerance else { return nil }
    }
    guard dot(a, cross(b, c)) > 0 else { return nil }
    return Extrinsics(
      rotation: .polarFactor(ofRows: a, b, c), translation: map.translation)
  }

  /// `R_t` row by row.
  static func transform(_ pose: Extrinsics) -> [Double] {
    let (a, b, c) = pose.rotation.rows
    let t = flipped(pose.translation)
    // Row i is column i of F R F.
    return [
      a.x, -b.x, -c.x, 0,
      -a.y, b.y, c.y, 0,
      -a.z, b.z, c.z, 0,
      t.x, t.y, t.z, 1,
    ]
  }
}

/// `rows * X + translation`, where the rows need not be a rotation's.
struct AffineMap {
  var rows: (SIMD3<Double>, SIMD3<Double>, SIMD3<Double>)
  var translation: SIMD3<Double>

  @inline(__always)
  func applied(to point: SIMD3<Double>) -> SIMD3<Double> {
    SIMD3(dot(rows.0, point), dot(rows.1, point), dot(rows.2, point)) + translation
  }
}
