import Codecs
import Geometry
import Rendering
import TestSupport
import Testing

@Suite("Mesh renderer, triangles that reach out of view")
struct ClippedTriangleTests {
  private static let size = 64
  private let camera = Intrinsics(focalLength: [60, 60], principalPoint: [31.5, 20.25])

  /// A floor a metre below the camera, from behind it to five metres before it.
  private func floor(side: Int, depths: ClosedRange<Double> = -5...5) throws -> ShadedMesh {
    var vertices: [SIMD3<Float>] = []
    var triangles: [SIMD3<Int32>] = []
    for row in 0..<side {
      for column in 0..<side {
        let (u, v) = (Double(column) / Double(side - 1), Double(row) / Double(side - 1))
        let depth = depths.upperBound + v * (depths.lowerBound - depths.upperBound)
        vertices.append(SIMD3<Float>(SIMD3(-7 + 14 * u, 1, depth)))
        guard row > 0, column > 0 else { continue }
        let d = Int32(row * side + column)
        let (a, b, c) = (d - Int32(side) - 1, d - Int32(side), d - 1)
        triangles += [SIMD3(a, c, b), SIMD3(b, c, d)]
      }
    }
    let list = try #require(TriangleList(triangles, vertexCount: vertices.count))
    return ShadedMesh(
      vertices: vertices, colours: [SIMD3](repeating: SIMD3(repeating: 255), count: side * side),
      triangles: list)
  }

  private func picture(_ mesh: ShadedMesh, _ view: MeshView, isAntialiased: Bool) -> PixelImage {
    var image = PixelImage(width: Self.size, height: Self.size)
    let renderer = MeshRenderer(isAntialiased: isAntialiased)
    renderer.begin(width: Self.size, height: Self.size)
    renderer.draw(mesh, view: view, light: Light(ambient: 1, diffuse: 0), on: &image)
    return image
  }

  @Test(
    "a floor that passes under the camera is seen up to the picture's lower rim",
    arguments: [2, 3, 8, 41], [false, true])
  func floor(side: Int, isAntialiased: Bool) throws {
    let view = MeshView(
      pose: Extrinsics(rotation: .identity, translation: .zero), camera: camera)
    let image = picture(try floor(side: side), view, isAntialiased: isAntialiased)
    for y in 0..<Self.size {
      for x in 0..<Self.size {
        // The floor's far edge is in row 20.25 + 60 / 5.
        let value = image.pixels[3 * (y * Self.size + x)]
        let smooth: ClosedRange<UInt8> = isAntialiased ? 62...66 : 0...0
        #expect((y == 32 ? smooth : y < 32 ? 0...0 : 255...255).contains(value), "(\(x), \(y))")
      }
    }
  }

  @Test("the part before the camera hides and is hidden as it is near")
  func depth() throws {
    let view = MeshView(
      pose: Extrinsics(rotation: .identity, translation: .zero), camera: camera)
    let list = try #require(TriangleList([[0, 1, 2]], vertexCount: 3))
    // A wall three metres away, twice as dark.
    let wall = ShadedMesh(
      vertices: [[-90, -90, 3], [-90, 190, 3], [190, -90, 3]],
      colours: [SIMD3](repeating: SIMD3(repeating: 100), count: 3), triangles: list)
    let floor = try floor(side: 2)
    for meshes in [[wall, floor], [floor, wall]] {
      var image = PixelImage(width: Self.size, height: Self.size)
      let renderer = MeshRenderer()
      renderer.begin(width: Self.size, height: Self.size)
      for mesh in meshes {
        renderer.draw(mesh, view: view, light: Light(ambient: 1, diffuse: 0), on: &image)
      }
      for y in 0..<Self.size where y != 40 {
        // The two meet in row 20.25 + 60 / 3.
        #expect(image.pixels[3 * (y * Self.size + 30)] == (y < 40 ? 100 : 255), "row \(y)")
      }
    }
  }

  @Test("vertices far beyond the picture are no reason to leave triangles out")
  func farAside() throws {
    let list = try #require(TriangleList([[0, 1, 2], [0, 2, 3]], vertexCount: 4))
    let mesh = ShadedMesh(
      vertices: [[-1, -1, 0], [-1, 1, 0], [0, 1, 0], [0, -1, 0]],
      colours: [SIMD3](repeating: SIMD3(repeating: 255), count: 4), triangles: list)
    for isAntialiased in [false, true] {
      let view = MeshView(rotation: .identity, pixelsPerUnit: 1e6, origin: [20, 30])
      let image = picture(mesh, view, isAntialiased: isAntialiased)
      for at in 0..<Self.size * Self.size {
        let x = at % Self.size
        // Column 20 is covered by half: its centre lies on a right edge.
        let expected: UInt8 = x < 20 ? 255 : x == 20 && isAntialiased ? 128 : 0
        #expect(image.pixels[3 * at] == expected)
      }
    }
  }

  @Test("nothing is seen of what lies behind the camera altogether")
  func behind() throws {
    let view = MeshView(
      pose: Extrinsics(rotation: .identity, translation: .zero), camera: camera)
    for depths in [-5.0 ... -1, -5.0...0] {
      let image = picture(try floor(side: 5, depths: depths), view, isAntialiased: true)
      #expect(image == PixelImage(width: Self.size, height: Self.size))
    }
  }
}
