internal import Geometry

/// The box that records of BIWI get, for the dataset has none: the outline of a head-sized ellipsoid as the
/// camera sees it.
///
/// Its half axes are 7.5, 10 and 9 cm (across, up, along). Its centre lies 1 cm above and 2.1 cm behind the
/// dataset's head centre. By PerspNet's alignment of the two datasets that point is ARKit's face anchor
/// (FORMATS §11.9), so the boxes of both datasets are alike.
enum BiwiHeadBox {
  static let halfAxes = SIMD3(0.075, 0.1, 0.09)
  /// In the head's axes, in metres.
  static let centre = SIMD3(0, -0.010, 0.021)

  /// - Returns: nil where the ellipsoid reaches the camera's plane, so that it has no outline in the image, or
  ///   where the box is not plausible.
  static func box(of pose: Extrinsics, camera: Intrinsics) -> BoundingBox? {
    // An ellipsoid with shape matrix A = R D^2 R^T and centre c has the dual conic C = A - c c^T, in
    // coordinates of the ray (Hartley and Zisserman, result 8.9). A line x = u touches the outline where
    // C00 - 2 u C02 + u^2 C22 = 0.
    let middle = pose.applied(to: centre)
    let squares = halfAxes * halfAxes
    let rows = pose.rotation.rows
    func conic(_ i: Int, _ j: Int) -> Double {
      let (a, b) = (row(rows, i), row(rows, j))
      return dot(a * squares, b) - middle[i] * middle[j]
    }
    let depth = conic(2, 2)
    guard middle.z > 0, depth < 0 else { return nil }
    func range(_ axis: Int) -> (low: Double, high: Double) {
      let mixed = conic(axis, 2)
      let root = max(mixed * mixed - conic(axis, axis) * depth, 0).squareRoot()
      return ((mixed + root) / depth, (mixed - root) / depth)
    }
    let (x, y) = (range(0), range(1))
    let (focal, principal) = (camera.focalLength, camera.principalPoint)
    let box = BoundingBox(
      left: focal.x * x.low + principal.x, top: focal.y * y.low + principal.y,
      right: focal.x * x.high + principal.x, bottom: focal.y * y.high + principal.y)
    return box.isPlausible ? box : nil
  }

  private static func row(
    _ rows: (SIMD3<Double>, SIMD3<Double>, SIMD3<Double>), _ index: Int
  ) -> SIMD3<Double> {
    index == 0 ? rows.0 : index == 1 ? rows.1 : rows.2
  }
}
