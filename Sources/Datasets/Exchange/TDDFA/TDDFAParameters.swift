internal import Geometry

/// The 62 numbers that 3DDFA and SynergyNet learn of a face in a crop of 120 x 120 pixels: a camera P of 3 x 4, row
/// by row, then 40 of shape and 10 of expression (cleardusk/3DDFA, utils/ddfa.py).
///
/// A point S of the Basel face model (micrometres, y up, z toward the viewer) appears at the first two of P (S, 1)
/// minus (1, 0), its rows counted from below: x − 1 and 120 − y in 0-based pixels of the crop, as 3DDFA_V2's
/// `similar_transform` reads them.
enum TDDFAParameters {
  /// Of a crop, in pixels.
  static let side = 120
  static let shapeCount = 40
  static let expressionCount = 10
  static let count = 12 + shapeCount + expressionCount

  /// The numbers before whitening.
  ///
  /// With q = M p + c the map, M = [a −b; b a], k = hypot(a, b), rows r of R3 = F R F, scale f and offset t of
  /// `Pose_Para`, and the image's height h, which turns its y-up pixels counted from 1 into 0-based ones:
  ///
  ///     P0 = f (a r0 + b r1)      P0[3] = a (tx − 1) − b (h − ty) + cx + 1
  ///     P1 = f (−b r0 + a r1)     P1[3] = 120 − (b (tx − 1) + a (h − ty) + cy)
  ///     P2 = k f r2               P2[3] = k (tz − 1) + 1
  ///
  /// - Parameters:
  ///   - shape: at least 40 coefficients; later ones are left out.
  ///   - expression: at least 10, likewise.
  ///   - imageHeight: in pixels.
  ///   - map: a similarity from 0-based pixels of the image to those of the crop.
  static func numbers(
    _ pose: PoseParameters, shape: [Double], expression: [Double], imageHeight: Int, map: PlanarMap
  ) -> [Double] {
    let rows = pose.weakPerspective.rotation.inYUpAxes.rows
    let (a, b, f, t) = (map.xRow.x, map.yRow.x, pose.scale, pose.offset)
    let k = length(map.yRow)
    let place = SIMD2(t.x - 1, Double(imageHeight) - t.y)
    let origin = map.applied(to: place)
    let camera = [f * (a * rows.0 + b * rows.1), f * (a * rows.1 - b * rows.0), k * f * rows.2]
    let last = [origin.x + 1, Double(side) - origin.y, k * (t.z - 1) + 1]
    var numbers: [Double] = []
    numbers.reserveCapacity(count)
    for (row, offset) in zip(camera, last) { numbers += [row.x, row.y, row.z, offset] }
    return numbers + shape.prefix(shapeCount) + expression.prefix(expressionCount)
  }

  /// What messages call a number: "P[1][3]", "Shape_Para[7]".
  static func name(of index: Int) -> String {
    switch index {
    case ..<12: "P[\(index / 4)][\(index % 4)]"
    case ..<(12 + shapeCount): "Shape_Para[\(index - 12)]"
    default: "Exp_Para[\(index - 12 - shapeCount)]"
    }
  }
}
