import Codecs
import Foundation
import Geometry
import Rendering
import TestSupport
import Testing

@Suite("Mesh views and light")
struct MeshViewTests {
  private static let size = 200

  @Test("vertices appear where the camera projects them, nearer ones larger")
  func perspective() throws {
    var random = SeededRandom(seed: 5)
    let camera = Intrinsics(focalLength: [310, 290], principalPoint: [101.5, 97.25])
    for _ in 0..<10 {
      let pose = Extrinsics(
        rotation: Rotation(
          rotationVector: [
            .random(in: -0.4...0.4, using: &random), .random(in: -0.4...0.4, using: &random),
            .random(in: -3...3, using: &random),
          ]),
        translation: [
          .random(in: -0.1...0.1, using: &random), .random(in: -0.1...0.1, using: &random),
          .random(in: 0.5...2, using: &random),
        ])
      let square: [SIMD3<Double>] = [
        [-0.1, -0.1, 0], [-0.1, 0.1, 0.02], [0.1, 0.1, 0], [0.1, -0.1, -0.03],
      ]
      let image = try draw(square, MeshView(pose: pose, camera: camera))
      expect(image, covers: square.map { camera.projection(of: pose.applied(to: $0)) })
    }
  }

  @Test("weak perspective turns, scales and shifts")
  func weakPerspective() throws {
    let rotation = Rotation(rotationVector: [0.3, -0.5, 0.8])
    let square: [SIMD3<Double>] = [[-1, -1, 0], [-1, 1, 2], [1, 1, 0], [1, -1, -3]]
    let image = try draw(
      square, MeshView(rotation: rotation, pixelsPerUnit: 30, origin: [90.5, 110]))
    expect(
      image,
      covers: square.map {
        let turned = rotation * $0
        return 30 * SIMD2(turned.x, turned.y) + [90.5, 110]
      })
  }

  @Test("of two faces the nearer is seen, with and without perspective")
  func nearer() throws {
    let list = try #require(TriangleList([[0, 1, 2]], vertexCount: 3))
    func mesh(_ grey: Float) -> ShadedMesh {
      ShadedMesh(
        vertices: [[-1, -1, 0], [-1, 3, 0], [3, -1, 0]],
        colours: [SIMD3](repeating: SIMD3(repeating: grey), count: 3), triangles: list)
    }
    let camera = Intrinsics.widthPlusHeight(20, 20)
    let light = Light(ambient: 1, diffuse: 0)
    for depths in [[1.0, 2.0], [2.0, 1.0]] {
      var image = PixelImage(width: 20, height: 20)
      let renderer = MeshRenderer()
      renderer.begin(width: 20, height: 20)
      for depth in depths {
        let pose = Extrinsics(rotation: .identity, translation: [0, 0, depth])
        renderer.draw(
          mesh(Float(100 * depth)), view: MeshView(pose: pose, camera: camera), light: light,
          on: &image)
      }
      #expect(image.pixels[3 * (20 * 10 + 10)] == 100)
    }
  }

  @Test("brightness is ambient plus Lambert's, cut at the shade and at white")
  func light() throws {
    // One square whose normal, -z, is turned away from the light by an angle.
    let square: [SIMD3<Double>] = [[-1, -1, 0], [-1, 1, 0], [1, 1, 0], [1, -1, 0]]
    for degrees in stride(from: 0.0, through: 180, by: 15) {
      let angle = degrees * .pi / 180
      let light = Light(
        direction: 3 * SIMD3(sin(angle), 0, -cos(angle)), ambient: 0.25, diffuse: 0.5)
      let image = try draw(
        square, MeshView(rotation: .identity, pixelsPerUnit: 40, origin: [100, 100]), light,
        colour: SIMD3(200, 100, 40))
      for (channel, colour) in [200.0, 100, 40].enumerated() {
        let expected = colour * (0.25 + 0.5 * max(0, cos(angle)))
        let found = Double(image.pixels[3 * (Self.size * 100 + 100) + channel])
        #expect(abs(found - expected) < 0.51)
      }
    }
  }

  @Test("normals are the areas' mean, outward and of unit length")
  func normals() throws {
    // A tetrahedron's corner: the mean of three perpendicular right-angled faces.
    let list = try #require(
      TriangleList([[0, 2, 1], [0, 3, 2], [0, 1, 3], [1, 2, 3]], vertexCount: 5))
    let normals = list.normals(of: [[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1], [9, 9, 9]])
    let part = -Float(1.0 / 3).squareRoot()
    for axis in 0..<3 { #expect(abs(normals[0][axis] - part) < 1e-6) }
    #expect(normals[4] == .zero)
  }

  // Helpers

  private func draw(
    _ square: [SIMD3<Double>], _ view: MeshView, _ light: Light = Light(ambient: 1, diffuse: 0),
    colour: SIMD3<Float> = SIMD3(repeating: 255)
  ) throws -> PixelImage {
    let list = try #require(TriangleList([[0, 1, 2], [0, 2, 3]], vertexCount: 4))
    let mesh = ShadedMesh(
      vertices: square.map { SIMD3<Float>($0) },
      colours: [SIMD3](repeating: colour, count: 4), triangles: list)
    var image = PixelImage(width: Self.size, height: Self.size)
    let renderer = MeshRenderer()
    renderer.begin(width: Self.size, height: Self.size)
    renderer.draw(mesh, view: view, light: light, on: &image)
    return image
  }

  /// Whether pixels well inside the two triangles are drawn and those well outside are not.
  private func expect(_ image: PixelImage, covers corners: [SIMD2<Double>]) {
    func distance(_ pixel: SIMD2<Double>, _ triangle: [SIMD2<Double>]) -> Double {
      (0..<3).map { i in
        let (a, b) = (triangle[i], triangle[(i + 1) % 3])
        let edge = b - a
        return ((b.y - a.y) * (pixel.x - a.x) - (b.x - a.x) * (pixel.y - a.y))
          / (edge * edge).sum().squareRoot()
      }.min() ?? 0
    }
    var (drawn, missed) = (0, 0)
    for at in 0..<image.width * image.height {
      let pixel = SIMD2(Double(at % image.width), Double(at / image.width))
      let inside = max(
        distance(pixel, [corners[0], corners[1], corners[2]]),
        distance(pixel, [corners[0], corners[2], corners[3]]))
      let isDrawn = image.pixels[3 * at] > 0
      if inside > 0.02 { drawn += isDrawn ? 1 : -1_000_000 }
      if inside < -0.02 { missed += isDrawn ? 1 : 0 }
    }
    #expect(drawn > 100)
    #expect(missed == 0)
  }
}
