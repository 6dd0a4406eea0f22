import Codecs
import Geometry
import Rendering
import TestSupport
import Testing

@Suite("Mesh renderer, bad input")
struct MeshRendererFaultTests {
  @Test(
    "indices out of range are refused where the mesh is made",
    arguments: [
      [SIMD3<Int32>(0, 1, 3)], [SIMD3(-1, 1, 2)], [SIMD3(0, 1, 2), SIMD3(0, .max, 1)],
    ])
  func indices(triangles: [SIMD3<Int32>]) {
    #expect(TriangleList(triangles, vertexCount: 3) == nil)
    #expect(TriangleList([SIMD3(0, 1, 2)], vertexCount: -1) == nil)
  }

  @Test(
    "vertices that are no numbers or far out draw nothing and harm nothing",
    arguments: [
      Float.nan, .infinity, -.infinity, 1e30, -1e30, .greatestFiniteMagnitude, 65_536, -65_536,
      2_147_483_648, -2_147_483_648,
    ])
  func wild(number: Float) throws {
    let list = try #require(TriangleList([[0, 1, 2], [3, 4, 5]], vertexCount: 6))
    let good: [SIMD2<Float>] = [[1, 1], [1, 9], [9, 1]]
    for corner in 0..<3 {
      for axis in 0..<3 {
        var vertices = (good + good.map { $0 + 10 }).map {
          ScreenVertex(position: $0, nearness: 1, colour: SIMD3(repeating: 255))
        }
        if axis < 2 { vertices[corner].position[axis] = number }
        if axis == 2 { vertices[corner].nearness = number }
        for renderer in [MeshRenderer(), MeshRenderer(isAntialiased: true)] {
          var image = PixelImage(width: 24, height: 24)
          renderer.begin(width: 24, height: 24)
          renderer.draw(vertices, list, on: &image)
          if axis < 2 { #expect(image.pixels[3 * (24 * 3 + 3)] == 0) }
          #expect(image.pixels[3 * (24 * 13 + 13)] == 255)
        }
      }
    }
  }

  @Test("large triangles that reach over the rim are cut, to the last pixel")
  func large() throws {
    let list = try #require(TriangleList([[0, 1, 2]], vertexCount: 3))
    let far: Float = 65_000
    let vertices = [SIMD2(-far, -far), SIMD2(-far, far + 20), SIMD2(far + 20, -far)].map {
      ScreenVertex(position: $0, nearness: 1, colour: SIMD3(repeating: 255))
    }
    var image = PixelImage(width: 31, height: 17)
    let renderer = MeshRenderer()
    renderer.begin(width: 31, height: 17)
    renderer.draw(vertices, list, on: &image)
    // Pixels on the long edge, which is a right one, are outside.
    for y in 0..<17 {
      for x in 0..<31 {
        #expect(image.pixels[3 * (31 * y + x)] == (x + y < 20 ? 255 : 0))
      }
    }
  }

  @Test("triangles without an area draw nothing")
  func degenerate() throws {
    let list = try #require(TriangleList([[0, 1, 2], [0, 0, 0], [1, 1, 2]], vertexCount: 3))
    for corners: [SIMD2<Float>] in [
      [[3, 3], [3, 3], [3, 3]], [[1, 1], [5, 5], [9, 9]], [[0, 4], [40, 4], [70, 4]],
    ] {
      let vertices = corners.map {
        ScreenVertex(position: $0, nearness: 1, colour: SIMD3(repeating: 255))
      }
      var image = PixelImage(width: 16, height: 16)
      let renderer = MeshRenderer()
      renderer.begin(width: 16, height: 16)
      renderer.draw(vertices, list, on: &image)
      #expect(!image.pixels.contains(255))
    }
  }

  @Test("a mesh behind or at the camera, or of no numbers, is left out")
  func behind() throws {
    let list = try #require(TriangleList([[0, 1, 2]], vertexCount: 3))
    let camera = Intrinsics.widthPlusHeight(32, 32)
    for depth in [-1, 0, Double.leastNonzeroMagnitude, .nan, .infinity, 1e300] {
      let mesh = ShadedMesh(
        vertices: [[-1, -1, 0], [-1, 1, 0], [1, -1, 0]],
        colours: [SIMD3](repeating: SIMD3(repeating: 255), count: 3), triangles: list)
      var image = PixelImage(width: 32, height: 32)
      let renderer = MeshRenderer()
      renderer.begin(width: 32, height: 32)
      let pose = Extrinsics(rotation: .identity, translation: [0, 0, depth])
      renderer.draw(mesh, view: MeshView(pose: pose, camera: camera), on: &image)
      #expect(!image.pixels.contains { $0 > 0 })
    }
  }

  @Test("an empty mesh draws nothing")
  func empty() throws {
    let list = try #require(TriangleList([], vertexCount: 0))
    let mesh = ShadedMesh(vertices: [], colours: [], triangles: list)
    var image = PixelImage(width: 4, height: 4)
    let renderer = MeshRenderer()
    renderer.begin(width: 4, height: 4)
    let view = MeshView(rotation: .identity, pixelsPerUnit: 1, origin: .zero)
    renderer.draw(mesh, view: view, on: &image)
    renderer.draw([], list, on: &image)
    #expect(image == PixelImage(width: 4, height: 4))
  }
}
