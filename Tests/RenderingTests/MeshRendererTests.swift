import Codecs
import Rendering
import TestSupport
import Testing

@Suite("Mesh renderer")
struct MeshRendererTests {
  @Test("each pixel of a square is drawn once, however it is cut and wherever it lies")
  func coverage() throws {
    var random = SeededRandom(seed: 7)
    for _ in 0..<100 {
      // A fan of triangles about a point inside, with whole, half and other coordinates; corners on
      // the centres of pixels leave the right and lower edges out.
      let size = 24
      let low = SIMD2(Float(Int.random(in: 0...6, using: &random)), 3)
      let high = low + SIMD2(Float(Int.random(in: 1...15, using: &random)), 14)
      let grid = Float([1, 2, 64].randomElement(using: &random) ?? 1)
      let middle = SIMD2(
        (Float.random(in: low.x...high.x, using: &random) * grid).rounded() / grid,
        (Float.random(in: low.y...high.y, using: &random) * grid).rounded() / grid)
      let ring = [low, SIMD2(low.x, high.y), high, SIMD2(high.x, low.y)]
      var counts = [Int](repeating: 0, count: size * size)
      for i in 0..<4 {
        let pixels = try draw([middle, ring[i], ring[(i + 1) % 4]], size: size)
        for (at, isDrawn) in pixels.enumerated() where isDrawn { counts[at] += 1 }
      }
      let expected = (0..<size * size).map { at in
        let (x, y) = (Float(at % size), Float(at / size))
        return x >= low.x && x < high.x && y >= low.y && y < high.y ? 1 : 0
      }
      #expect(counts == expected)
    }
  }

  @Test("a random mesh without gaps draws no pixel twice", arguments: [3, 9, 40])
  func mesh(side: Int) throws {
    // Inner vertices are moved about, the rim stays.
    let size = 64
    var random = SeededRandom(seed: UInt64(side))
    let spacing = Float(size + 8) / Float(side - 1)
    let vertices = (0..<side * side).map { i in
      let (row, column) = (i / side, i % side)
      let isRim = row == 0 || column == 0 || row == side - 1 || column == side - 1
      let shift = SIMD2(
        Float.random(in: -0.3...0.3, using: &random), Float.random(in: -0.3...0.3, using: &random))
      return spacing * (SIMD2(Float(column), Float(row)) + (isRim ? .zero : shift)) - 4
    }
    var counts = [Int](repeating: 0, count: size * size)
    let renderer = MeshRenderer()
    for triangle in grid(side) {
      let corners = (0..<3).map { vertices[Int(triangle[$0])] }
      for (at, isDrawn) in try draw(corners, size: size, renderer).enumerated() where isDrawn {
        counts[at] += 1
      }
    }
    #expect(counts.allSatisfy { $0 == 1 })
  }

  @Test("only the front is seen, and what it covers does not depend on the first corner")
  func culling() throws {
    let corners: [SIMD2<Float>] = [[2.3, 1.1], [4.2, 15.7], [17.9, 6.4]]
    let front = try draw(corners, size: 20)
    #expect(front.count { $0 } > 60)
    #expect(try draw([corners[1], corners[2], corners[0]], size: 20) == front)
    #expect(try draw([corners[2], corners[0], corners[1]], size: 20) == front)
    #expect(try !draw(corners.reversed(), size: 20).contains(true))
  }

  @Test("the nearest triangle is seen in whatever order they come")
  func depthOrder() throws {
    func layer(_ nearness: Float, _ colour: Float) -> [ScreenVertex] {
      [SIMD2<Float>(-20, -20), SIMD2(-20, 60), SIMD2(60, -20)].map {
        ScreenVertex(position: $0, nearness: nearness, colour: SIMD3(repeating: colour))
      }
    }
    let layers = [layer(1, 10), layer(3, 30), layer(2, 20)]
    for order in [[0, 1, 2], [2, 1, 0], [1, 2, 0], [0, 2, 1]] {
      let list = try triangleList((0..<3).map { SIMD3(3 * $0, 3 * $0 + 1, 3 * $0 + 2) }, 9)
      var image = PixelImage(width: 16, height: 16)
      let renderer = MeshRenderer()
      renderer.begin(width: 16, height: 16)
      renderer.draw(order.flatMap { layers[$0] }, list, on: &image)
      #expect(image.pixels.allSatisfy { $0 == 30 })
    }
  }

  @Test("planes that cut each other part at the line where they meet")
  func intersection() throws {
    // Nearness x / 32 and 1/2: equal in column 16.
    func plane(_ nearness: (Float) -> Float, _ colour: Float) -> [ScreenVertex] {
      [SIMD2<Float>(-8, -8), SIMD2(-8, 88), SIMD2(88, -8)].map {
        ScreenVertex(
          position: $0, nearness: nearness($0.x), colour: SIMD3(repeating: colour))
      }
    }
    var image = PixelImage(width: 32, height: 32)
    let renderer = MeshRenderer()
    renderer.begin(width: 32, height: 32)
    let list = try triangleList([[0, 1, 2], [3, 4, 5]], 6)
    renderer.draw(plane({ _ in 0.5 }, 100) + plane({ $0 / 32 }, 200), list, on: &image)
    for y in 0..<32 {
      for x in 0..<32 where x != 16 {
        #expect(image.pixels[3 * (32 * y + x)] == (x < 16 ? 100 : 200))
      }
    }
  }

  @Test("colours agree with a float64 reference to one level")
  func gouraud() throws {
    var random = SeededRandom(seed: 3)
    let size = 48
    var checked = 0
    for round in 0..<200 {
      let reach: ClosedRange<Float> = round % 2 == 0 ? -10...58 : 20...27
      let vertices = (0..<3).map { _ in
        ScreenVertex(
          position: SIMD2(
            Float.random(in: reach, using: &random), Float.random(in: reach, using: &random)),
          nearness: Float.random(in: 1...2, using: &random),
          colour: SIMD3(
            Float.random(in: 0...255, using: &random), Float.random(in: 0...255, using: &random),
            Float.random(in: 0...255, using: &random)))
      }
      var image = PixelImage(width: size, height: size)
      let renderer = MeshRenderer()
      renderer.begin(width: size, height: size)
      renderer.draw(vertices, try triangleList([[0, 1, 2]], 3), on: &image)
      // The reference knows of the subpixels that positions are rounded to.
      let p = vertices.map { SIMD2<Double>(($0.position * 64).rounded(.toNearestOrEven)) / 64 }
      func twice(_ a: SIMD2<Double>, _ b: SIMD2<Double>, _ c: SIMD2<Double>) -> Double {
        (b.y - a.y) * (c.x - a.x) - (b.x - a.x) * (c.y - a.y)
      }
      let area = twice(p[0], p[1], p[2])
      for at in 0..<size * size {
        let pixel = SIMD2(Double(at % size), Double(at / size))
        let weights = [
          twice(p[1], p[2], pixel) / area, twice(p[2], p[0], pixel) / area,
          twice(p[0], p[1], pixel) / area,
        ]
        guard area > 0, weights.allSatisfy({ $0 > 0 }) else { continue }
        let colour = (0..<3).reduce(SIMD3<Double>.zero) {
          $0 + weights[$1] * SIMD3<Double>(vertices[$1].colour)
        }
        for channel in 0..<3 {
          #expect(abs(Double(image.pixels[3 * at + channel]) - colour[channel]) < 0.501)
        }
        checked += 1
      }
    }
    #expect(checked > 10_000)
  }

  // Helpers

  private func triangleList(_ triangles: [SIMD3<Int32>], _ count: Int) throws -> TriangleList {
    try #require(TriangleList(triangles, vertexCount: count))
  }

  /// Which pixels a triangle draws.
  private func draw(
    _ corners: [SIMD2<Float>], size: Int, _ renderer: MeshRenderer = MeshRenderer()
  ) throws -> [Bool] {
    var image = PixelImage(width: size, height: size)
    renderer.begin(width: size, height: size)
    let vertices = corners.map {
      ScreenVertex(position: $0, nearness: 1, colour: SIMD3(repeating: 255))
    }
    renderer.draw(vertices, try triangleList([[0, 1, 2]], 3), on: &image)
    return stride(from: 0, to: image.pixels.count, by: 3).map { image.pixels[$0] == 255 }
  }

  private func grid(_ side: Int) -> [SIMD3<Int32>] {
    (1..<side).flatMap { row in
      (1..<side).flatMap { column in
        let d = Int32(row * side + column)
        let (a, b, c) = (d - Int32(side) - 1, d - Int32(side), d - 1)
        return [SIMD3(a, c, b), SIMD3(b, c, d)]
      }
    }
  }
}
