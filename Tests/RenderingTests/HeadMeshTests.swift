import Codecs
import Geometry
import Labelling
import Rendering
import TestSupport
import Testing

@Suite("Head mesh")
struct HeadMeshTests {
  private static let landmarks = FaceModel.bfm68Points.points
  private static let head = HeadMesh(landmarks: landmarks)

  @Test("the outline is one closed surface of all its points, the landmarks first")
  func manifold() throws {
    let (vertices, triangles) = Self.head.outline
    #expect(vertices.prefix(68) == Self.landmarks.map { SIMD3<Float>(1000 * $0) / 1000 }[...])
    var edges: Set<SIMD2<Int>> = []
    var used: Set<Int> = []
    for i in 0..<triangles.count {
      let corners = triangles[i]
      for (a, b) in [(corners.x, corners.y), (corners.y, corners.z), (corners.z, corners.x)] {
        #expect(a != b)
        // Neighbours run along their edge in opposite directions, so each direction comes once.
        #expect(edges.insert(SIMD2(a, b)).inserted)
        used.insert(a)
      }
    }
    #expect(edges.allSatisfy { edges.contains(SIMD2($0.y, $0.x)) })
    #expect(used == Set(vertices.indices))
    // Euler's formula of a sphere.
    #expect(vertices.count - edges.count / 2 + triangles.count == 2)
  }

  @Test("round each vertex the triangles make one ring")
  func rings() throws {
    let (vertices, triangles) = Self.head.outline
    for vertex in vertices.indices {
      var next: [Int: Int] = [:]
      for i in 0..<triangles.count {
        let corners = triangles[i]
        for turn in 0..<3 where corners[turn] == vertex {
          next[corners[(turn + 1) % 3]] = corners[(turn + 2) % 3]
        }
      }
      let start = try #require(next.keys.min())
      var (at, steps) = (start, 0)
      repeat {
        at = try #require(next[at])
        steps += 1
      } while at != start && steps <= next.count
      #expect(steps == next.count && steps >= 3)
    }
  }

  @Test("triangles face outward, away from a point inside the head")
  func orientation() throws {
    let (vertices, triangles) = Self.head.outline
    let inside = SIMD3<Double>(0, -0.03, 0.035)
    var volume = 0.0
    for i in 0..<triangles.count {
      let corners = triangles[i]
      let (a, b, c) = (
        SIMD3<Double>(vertices[corners.x]) - inside, SIMD3<Double>(vertices[corners.y]) - inside,
        SIMD3<Double>(vertices[corners.z]) - inside
      )
      let part = dot(a, cross(b, c)) / 6
      // Where the lips touch triangles have no area to speak of.
      #expect(part > -1e-8)
      volume += part
    }
    // A head and a piece of its neck, in cubic metres.
    #expect((0.0035...0.0055).contains(volume))
  }

  @Test("eyes, mouth and brows are painted where the landmarks are", arguments: [150.0, 1200])
  func painting(pixelsPerMetre: Double) throws {
    let size = 320
    let zoom = 1200.0
    var image = PixelImage(width: size, height: size, fill: [0, 255, 0])
    let renderer = MeshRenderer()
    renderer.begin(width: size, height: size)
    let view = MeshView(rotation: .identity, pixelsPerUnit: zoom, origin: [160, 180])
    renderer.draw(
      Self.head.mesh(pixelsPerMetre: pixelsPerMetre), view: view,
      light: Light(ambient: 1, diffuse: 0), on: &image)
    func colour(_ points: ClosedRange<Int>, down: Double = 0) -> SIMD3<Double> {
      let middle =
        points.map { Self.landmarks[$0] }.reduce(.zero, +) / Double(points.count)
      let x = Int((zoom * middle.x + 160).rounded())
      let y = Int((zoom * (middle.y + down) + 180).rounded())
      let at = 3 * (y * size + x)
      return SIMD3(
        Double(image.pixels[at]), Double(image.pixels[at + 1]), Double(image.pixels[at + 2]))
    }
    // Pupils are dark, lips red, brows brown, cheeks and forehead of the colour of skin.
    #expect(colour(36...41).max() < 100)
    #expect(colour(42...47).max() < 100)
    #expect(colour(56...58).x > 1.4 * colour(56...58).y)
    #expect(colour(19...19, down: 0.002).max() < 150)
    #expect(colour(24...24, down: 0.002).max() < 150)
    #expect(colour(36...41, down: 0.03).min() > 140)
    #expect(colour(27...27, down: -0.05).min() > 140)
    // Hair above, background beyond.
    #expect(colour(27...27, down: -0.1).max() < 80)
    #expect(image.pixels[1] == 255)
  }

  @Test("landmarks of no face give the same picture each time, and no crash")
  func anyLandmarks() throws {
    var random = SeededRandom(seed: 4)
    let wild = (0..<68).map { _ in
      SIMD3(
        random.uniform(-1...1), random.uniform(-1...1), random.uniform(0...1) < 0.2 ? .nan : -0.05)
    }
    let renderer = MeshRenderer()
    func picture(_ landmarks: [SIMD3<Double>]) -> [UInt8] {
      var image = PixelImage(width: 32, height: 32)
      renderer.begin(width: 32, height: 32)
      renderer.draw(
        HeadMesh(landmarks: landmarks).mesh(pixelsPerMetre: 1000),
        view: MeshView(rotation: .identity, pixelsPerUnit: 100, origin: [16, 16]), on: &image)
      return image.pixels
    }
    let flat = [SIMD3<Double>](repeating: .zero, count: 68)
    let (first, second) = (picture(flat), picture(wild))
    // What was drawn before leaves nothing in the renderer's buffers.
    #expect(picture(flat) == first)
    #expect(picture(wild) == second)
  }
}
