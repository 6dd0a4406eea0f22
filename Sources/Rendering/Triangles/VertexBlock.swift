internal import Geometry

/// Eight vertices side by side, as they are projected and shaded.
struct VertexBlock: Sendable, Equatable {
  typealias Lanes = SIMD8<Float>

  static let count = 8

  var (x, y, z) = (Lanes.zero, Lanes.zero, Lanes.zero)
  /// A unit normal that points outward.
  var (normalX, normalY, normalZ) = (Lanes.zero, Lanes.zero, Lanes.zero)
  var (red, green, blue) = (Lanes.zero, Lanes.zero, Lanes.zero)
  /// The share of a drawing's tint that a vertex takes; with 0 it keeps its own colour.
  var tintShare = Lanes.zero

  static func == (left: Self, right: Self) -> Bool {
    left.x == right.x && left.y == right.y && left.z == right.z
      && left.normalX == right.normalX && left.normalY == right.normalY
      && left.normalZ == right.normalZ && left.red == right.red && left.green == right.green
      && left.blue == right.blue && left.tintShare == right.tintShare
  }
}

/// Projects and shades vertices of one mesh in one view, eight at a time.
struct VertexStage {
  private typealias Lanes = SIMD8<Float>

  private let (xx, xy, xz): (Float, Float, Float)
  private let (yx, yy, yz): (Float, Float, Float)
  private let (zx, zy, zz): (Float, Float, Float)
  private let (tx, ty, tz): (Float, Float, Float)
  private let isPerspective: Bool
  /// The direction towards the light in the mesh's axes, times its strength.
  private let (lx, ly, lz): (Float, Float, Float)
  private let ambient: Float
  private let extraTint: SIMD3<Float>

  init(_ view: MeshView, _ light: Light, tint: SIMD3<Float>) {
    let (a, b, c) = (
      SIMD3<Float>(view.rows.0), SIMD3<Float>(view.rows.1), SIMD3<Float>(view.rows.2)
    )
    (xx, xy, xz) = (a.x, a.y, a.z)
    (yx, yy, yz) = (b.x, b.y, b.z)
    (zx, zy, zz) = (c.x, c.y, c.z)
    let offset = SIMD3<Float>(view.offset)
    (tx, ty, tz) = (offset.x, offset.y, offset.z)
    isPerspective = view.isPerspective
    // Normals would have to be scaled inversely. The light is changed instead, so the mesh stays as it is.
    let towards = SIMD3<Float>(
      light.diffuse * (view.rotation.transpose * light.direction) / view.scale)
    (lx, ly, lz) = (towards.x, towards.y, towards.z)
    ambient = Float(light.ambient)
    extraTint = tint - 1
  }

  /// - Parameters:
  ///   - places: room for the block's eight vertices, as in `ScreenVertices.places`.
  ///   - values: likewise, as in `ScreenVertices.values`.
  @inline(__always)
  func run(
    _ block: VertexBlock, places: UnsafeMutablePointer<SIMD2<Float>>,
    values: UnsafeMutablePointer<SIMD4<Float>>
  ) {
    let (x, y, z) = (block.x, block.y, block.z)
    let depth = zx * x + zy * y + zz * z + tz
    let inverse = isPerspective ? 1 / depth : Lanes(repeating: 1)
    let nearness = isPerspective ? inverse : -depth
    let u = (xx * x + xy * y + xz * z + tx) * inverse
    let v = (yx * x + yy * y + yz * z + ty) * inverse
    // Comparisons with NaN are false. Behind the camera 1/Z is negative, and in its plane it is infinite.
    let reach = ScreenVertices.reach
    let least = isPerspective ? 0 : -Float.greatestFiniteMagnitude
    let isDrawn =
      (u .<= reach) .& (u .>= -reach) .& (v .<= reach) .& (v .>= -reach) .& (nearness .> least)
      .& (nearness .<= Float.greatestFiniteMagnitude)
    let (column, row) = (Self.snapped(u), Self.snapped(v))

    let lit = Lanes.zero
    let cosine = lx * block.normalX + ly * block.normalY + lz * block.normalZ
    let brightness = ambient + lit.replacing(with: cosine, where: cosine .> lit)
    let share = block.tintShare
    let red = Self.colour(block.red * brightness * (1 + extraTint.x * share))
    let green = Self.colour(block.green * brightness * (1 + extraTint.y * share))
    let blue = Self.colour(block.blue * brightness * (1 + extraTint.z * share))
    for i in 0..<VertexBlock.count {
      places[i] =
        isDrawn[i]
        ? SIMD2(column[i], row[i]) : ScreenVertices.nowhere
      values[i] = SIMD4(red[i], green[i], blue[i], nearness[i])
    }
  }

  /// Pixels as whole multiples of the subpixel, for pixels within `ScreenVertices.reach`. For others the result
  /// is arbitrary.
  ///
  /// After 1.5 x 2^23 is added, the last bit of the sum counts ones, so the hardware rounds.
  @inline(__always)
  private static func snapped(_ pixels: Lanes) -> Lanes {
    pixels * ScreenVertices.subpixels + 12_582_912 - 12_582_912
  }

  /// A colour's component, cut to 0...255.
  @inline(__always)
  private static func colour(_ value: Lanes) -> Lanes {
    let most = Lanes(repeating: 255)
    let low = value.replacing(with: most, where: value .> most)
    return low.replacing(with: Lanes.zero, where: low .< 0)
  }
}
