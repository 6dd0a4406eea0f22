/// The corner of a triangle in screen coordinates.
public struct ScreenVertex: Sendable, Equatable {
  /// In pixels; whole numbers are centres of pixels.
  public var position: SIMD2<Float>
  /// A larger one hides a smaller one. It must be linear over the picture: 1/Z in front of a pinhole camera, -Z
  /// without perspective.
  public var nearness: Float
  /// Red, green and blue, 0 to 255.
  public var colour: SIMD3<Float>

  /// Position in pixels, colour 0 to 255.
  public init(position: SIMD2<Float>, nearness: Float, colour: SIMD3<Float>) {
    (self.position, self.nearness, self.colour) = (position, nearness, colour)
  }
}

/// Vertices in the form from which triangles are filled.
///
/// Positions are whole multiples of 1/64 pixel, so that edge functions are exact integers. So each pixel on an
/// edge that two triangles share belongs to exactly one of them.
struct ScreenVertices {
  static let subpixels: Float = 64
  /// Positions beyond this, in pixels, cannot be drawn, nor can those that are not finite.
  static let reach: Float = 65_535
  /// The place of a vertex that cannot be drawn. All triangles that use it are left out.
  static let nowhere = SIMD2<Float>(repeating: -4_194_304)

  /// x and y in subpixels.
  private(set) var places: [SIMD2<Float>] = []
  /// Red, green, blue and nearness.
  private(set) var values: [SIMD4<Float>] = []

  var count: Int { places.count }

  /// Makes room for `count` vertices. Nothing is allocated where there have been as many before.
  mutating func resize(to count: Int) {
    guard places.count != count else { return }
    places.removeAll(keepingCapacity: true)
    values.removeAll(keepingCapacity: true)
    places.append(contentsOf: repeatElement(Self.nowhere, count: count))
    values.append(contentsOf: repeatElement(.zero, count: count))
  }

  mutating func set(_ vertices: [ScreenVertex]) {
    resize(to: vertices.count)
    for (i, vertex) in vertices.enumerated() {
      let position = vertex.position
      // This is false for NaN too.
      let isDrawn =
        abs(position.x) <= Self.reach && abs(position.y) <= Self.reach && vertex.nearness.isFinite
      let (x, y) = isDrawn ? (Self.snapped(position.x), Self.snapped(position.y)) : (0, 0)
      places[i] = isDrawn ? SIMD2(x, y) : Self.nowhere
      let colour = vertex.colour.clamped(lowerBound: .zero, upperBound: .init(repeating: 255))
      values[i] = SIMD4(colour, vertex.nearness)
    }
  }

  /// Projects and shades all vertices of a mesh.
  mutating func set(_ mesh: ShadedMesh, _ view: MeshView, _ light: Light, tint: SIMD3<Float>) {
    let stage = VertexStage(view, light, tint: tint)
    resize(to: mesh.blocks.count * VertexBlock.count)
    places.withUnsafeMutableBufferPointer { places in
      values.withUnsafeMutableBufferPointer { values in
        mesh.blocks.withUnsafeBufferPointer { blocks in
          guard let places = places.baseAddress, let values = values.baseAddress else { return }
          for i in blocks.indices {
            let first = i * VertexBlock.count
            stage.run(blocks[i], places: places + first, values: values + first)
          }
        }
      }
    }
  }

  /// Calls `body` with the places and values of `count` vertices; does nothing where there are none.
  func withPointers(
    _ body: (UnsafePointer<SIMD2<Float>>, UnsafePointer<SIMD4<Float>>) -> Void
  ) {
    places.withUnsafeBufferPointer { places in
      values.withUnsafeBufferPointer { values in
        guard let places = places.baseAddress, let values = values.baseAddress else { return }
        body(places, values)
      }
    }
  }

  private static func snapped(_ pixels: Float) -> Float {
    (pixels * subpixels).rounded(.toNearestOrEven)
  }
}
