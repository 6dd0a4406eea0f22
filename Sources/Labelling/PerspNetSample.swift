internal import Codecs
public import Geometry
internal import Rendering
public import Schema

/// A sample as PerspNet's loader gives it to the network, without augmentation (TARGETS §2.2), but for its image.
public struct PerspNetSample: Sendable {
  /// The crop's sides, in pixels.
  public static let side = 192
  /// How many of the skin's pixels are chosen.
  public static let count = 1024

  /// A pixel of the image that the network gives a place on the face.
  public struct Chosen: Sendable, Equatable {
    /// Column and row in the whole image.
    public var pixel: SIMD2<Int>
    /// The triangle that is seen there.
    public var triangle: Int
    /// `choose`: 192 times the row and the column of the crop's pixel.
    public var place: Int
  }

  /// From the whole image's pixels to those of the crop.
  public let map: PlanarMap
  /// `mask`, row after row: where the crop shows skin.
  public let mask: [Bool]
  /// The pixels of the region that show skin.
  public let skinPixels: Int
  /// In the order of rows. Where the skin has more pixels the loader draws them at random, and here a fixed seed does;
  /// where it has fewer they are repeated from the first.
  public let chosen: [Chosen]

  /// - Returns: nil where the region has no area, or no skin is in it.
  public init?(of face: PerspNetFace) {
    guard let map = LandmarkSquare.map(of: face.region, to: Self.side) else { return nil }
    self.map = map
    let found = Self.skin(of: face, map)
    guard !found.isEmpty else { return nil }
    skinPixels = found.count
    chosen = Self.choice(found)
    mask = Self.mask(of: face)
  }

  private static func skin(of face: PerspNetFace, _ map: PlanarMap) -> [Chosen] {
    let (box, region) = (face.maskBox, face.region)
    var found: [Chosen] = []
    let rows = (box.top..<box.bottom).clamped(to: region.top..<region.bottom + 1)
    let columns = (box.left..<box.right).clamped(to: region.left..<region.right + 1)
    for y in rows {
      for x in columns {
        let triangle = face.triangles[(y - box.top) * box.width + x - box.left]
        guard triangle != PerspNetFace.noTriangle else { continue }
        let point = map.applied(to: SIMD2(Double(x), Double(y)))
        // The region's own pixels are within the crop.
        let column = Int(point.x.rounded(.down)), row = Int(point.y.rounded(.down))
        found.append(
          Chosen(pixel: SIMD2(x, y), triangle: Int(triangle), place: row * side + column))
      }
    }
    return found
  }

  /// All where there are fewer than `count`, each then as often as needed; otherwise `count` of them, each as likely as
  /// any other.
  private static func choice(_ found: [Chosen]) -> [Chosen] {
    guard found.count > count else { return (0..<count).map { found[$0 % found.count] } }
    var random = SplitMix64(seed: 1)
    var missing = count
    return found.enumerated().compactMap { i, pixel in
      guard random.below(found.count - i) < missing else { return nil }
      missing -= 1
      return pixel
    }
  }

  /// The whole image's mask, warped as its pixels are: 1 where the bilinear mean of its zeros and ones rounds to it.
  private static func mask(of face: PerspNetFace) -> [Bool] {
    let box = face.maskBox
    guard
      let map = LandmarkSquare.map(
        of: face.region, to: side, origin: SIMD2(box.left, box.top))
    else { return [] }
    var image = PixelImage(width: box.width, height: box.height)
    for (i, triangle) in face.triangles.enumerated()
    where triangle != PerspNetFace.noTriangle {
      image.pixels[3 * i] = 1
    }
    let warped = image.warped(by: map, width: side, height: side)
    return (0..<side * side).map { warped.pixels[3 * $0] > 0 }
  }

  /// `nocs`: for each chosen pixel the place on the face, 4.5 times its metres, in the files' axes (y up).
  ///
  /// - Parameters:
  ///   - face: the one that the sample is of.
  ///   - tables: of which the triangles are used.
  /// - Throws: `PerspNetTargets.Refusal` where the mesh is not wholly before the camera, or names triangles that the
  ///   tables do not have.
  public func coordinates(
    of face: PerspNetFace, _ tables: ARKitFaceTables
  ) throws(PerspNetTargets.Refusal) -> [SIMD3<Float>] {
    guard let last = chosen.map(\.triangle).max(), last < tables.triangles.count else {
      throw .mesh(
        "triangles: expected at most \(tables.triangles.count) of the tables, found others")
    }
    let projected = try PerspNetTargets.project(
      face.vertices.map { SIMD3<Double>($0) }, face.matrix.map(Double.init), face.camera)
    let points = projected.map { SIMD3<Float>($0) }
    return chosen.map { chosen in
      let triangle = tables.triangles[chosen.triangle]
      let (a, b, c) = (Int(triangle.x), Int(triangle.y), Int(triangle.z))
      let weights = PerspNetRaster.weights(
        (points[a], points[b], points[c]), x: chosen.pixel.x, y: chosen.pixel.y)
      return 4.5
        * (weights.0 * face.vertices[a] + weights.1 * face.vertices[b]
          + weights.2 * face.vertices[c])
    }
  }
}
