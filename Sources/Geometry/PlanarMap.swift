internal import Glibc

/// An affine map from the pixels of one image to those of another: `p ↦ linear · p + translation`.
///
/// Both images count pixels from 0 with the origin at the centre of the top left one, x right, y down.
public struct PlanarMap: Sendable, Equatable {
  /// The first row of the 2 x 2 matrix, which gives x.
  public var xRow: SIMD2<Double>
  /// The second row of the 2 x 2 matrix, which gives y.
  public var yRow: SIMD2<Double>
  /// In pixels of the image that is mapped to.
  public var translation: SIMD2<Double>

  /// From its parts; nothing is checked.
  public init(xRow: SIMD2<Double>, yRow: SIMD2<Double>, translation: SIMD2<Double>) {
    (self.xRow, self.yRow, self.translation) = (xRow, yRow, translation)
  }

  /// A similarity: scale · [cos −sin; sin cos], so that one point comes to lie on another.
  ///
  /// - Parameters:
  ///   - scale: pixels of the second image for one of the first.
  ///   - turn: in radians; positive angles turn x towards y, which is clockwise as seen.
  ///   - point: in the first image.
  ///   - place: where the point comes to lie in the second.
  public init(
    scale: Double, turn: Double = 0, taking point: SIMD2<Double>, to place: SIMD2<Double>
  ) {
    let (a, b) = (scale * cos(turn), scale * sin(turn))
    // 0 - b, as -b would be written as -0.0 where there is no turn.
    (xRow, yRow) = (SIMD2(a, 0 - b), SIMD2(b, a))
    translation = .zero
    translation = place - applied(to: point)
  }

  /// Where a pixel comes to lie.
  @inline(__always)
  public func applied(to point: SIMD2<Double>) -> SIMD2<Double> {
    SIMD2((xRow * point).sum(), (yRow * point).sum()) + translation
  }

  /// Of the 2 x 2 matrix: how many pixels of area one pixel becomes.
  public var determinant: Double { xRow.x * yRow.y - xRow.y * yRow.x }

  /// The map back.
  ///
  /// - Returns: nil where the map is singular or not finite.
  public var inverse: PlanarMap? {
    let determinant = determinant
    guard determinant.isFinite, determinant.magnitude > 1e-300 else { return nil }
    let x = SIMD2(yRow.y, -xRow.y) / determinant
    let y = SIMD2(-yRow.x, xRow.x) / determinant
    let back = PlanarMap(xRow: x, yRow: y, translation: .zero)
    return PlanarMap(xRow: x, yRow: y, translation: -1 * back.applied(to: translation))
  }

  /// The similarity that takes points to places with the least sum of squared distances, without a reflection:
  /// Umeyama's (IEEE Trans. PAMI 13, 1991), which in the plane is linear in the matrix [a −b; b a].
  ///
  /// - Returns: nil where the points are fewer than two, not as many as the places, or all one, or where no
  ///   turn and scale are better than the scale 0.
  public static func similarity(
    from points: [SIMD2<Double>], to places: [SIMD2<Double>]
  ) -> PlanarMap? {
    guard points.count == places.count, points.count > 1 else { return nil }
    let count = Double(points.count)
    let middle = points.reduce(.zero, +) / count
    let target = places.reduce(.zero, +) / count
    var (a, b, spread) = (0.0, 0.0, 0.0)
    for (point, place) in zip(points, places) {
      let (p, q) = (point - middle, place - target)
      a += p.x * q.x + p.y * q.y
      b += p.x * q.y - p.y * q.x
      spread += p.x * p.x + p.y * p.y
    }
    guard spread > 0, spread.isFinite, a * a + b * b > 0 else { return nil }
    (a, b) = (a / spread, b / spread)
    let linear = PlanarMap(xRow: SIMD2(a, 0 - b), yRow: SIMD2(b, a), translation: .zero)
    return PlanarMap(
      xRow: linear.xRow, yRow: linear.yRow, translation: target - linear.applied(to: middle))
  }
}
