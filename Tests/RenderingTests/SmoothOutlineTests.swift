import Codecs
import Geometry
import Rendering
import TestSupport
import Testing

@Suite("Mesh renderer, smooth outlines")
struct SmoothOutlineTests {
  private typealias Point = SIMD2<Double>

  private static let size = 48

  @Test("pixels of a rotated rectangle have the share that it covers", arguments: [2, 3, 60])
  func rectangle(side: Int) throws {
    var random = SeededRandom(seed: UInt64(side))
    for round in 0..<(side < 60 ? 60 : 20) {
      // Some lie across the image's rim, some on whole pixels and without a turn.
      let isPlain = round % 10 == 0
      let middle = Point(random.uniform(0...48), random.uniform(0...48))
      let half = Point(random.uniform(2...30), random.uniform(2...30))
      let angle = isPlain ? 0 : random.uniform(-3...3)
      let axis = Point(1 - angle * angle, 2 * angle) / (1 + angle * angle)
      func place(_ x: Double, _ y: Double) -> Point {
        let (x, y) = (x * half.x, y * half.y)
        let point = middle + Point(axis.x * x - axis.y * y, axis.y * x + axis.x * y)
        return isPlain ? point.rounded(.toNearestOrEven) : Self.snapped(point)
      }
      let steps = (0..<side).map { 2 * Double($0) / Double(side - 1) - 1 }
      let vertices = steps.flatMap { y in steps.map { x in place(x, y) } }
      let outline = [place(-1, -1), place(-1, 1), place(1, 1), place(1, -1)]
      let image = try draw(vertices, grid(side))
      // Vertices between the corners are rounded to 1/64 of a pixel, which moves an edge by 0.011 at most.
      try expect(image, covers: outline, within: side == 2 ? 0.51 / 255 : 1.0 / 48)
    }
  }

  @Test("pixels of a disc have the share that it covers", arguments: [1.5, 7.3, 22])
  func disc(radius: Double) throws {
    let ring = (0..<64).map { i -> Point in
      let turn = Rotation(rotationVector: [0, 0, -2 * .pi * Double(i) / 64])
      let offset = turn * SIMD3(radius, 0, 0)
      return Self.snapped(Point(24.3 + offset.x, 23.8 + offset.y))
    }
    let triangles = (0..<64).map { SIMD3(64, Int32($0), Int32(($0 + 1) % 64)) }
    let image = try draw(ring + [Point(24.3, 23.8)], triangles)
    try expect(image, covers: ring, within: 0.51 / 255)
    let total = image.reduce(0, +)
    #expect(abs(total - .pi * radius * radius) < 0.02 * .pi * radius * radius)
  }

  @Test("what is covered altogether or not at all stays as without smoothing")
  func interior() throws {
    var random = SeededRandom(seed: 11)
    let vertices = (0..<30).map { _ in
      ScreenVertex(
        position: [
          Float(random.uniform(-9...57)), Float(random.uniform(-9...57)),
        ], nearness: Float(random.uniform(1...2)),
        colour: [Float(random.uniform(0...255)), 90, Float(random.uniform(0...255))])
    }
    // Each triangle from both sides: one of the two is seen, and each has its own colour and depth.
    let triangles = (0..<10).flatMap { i -> [SIMD3<Int32>] in
      let first = Int32(3 * i)
      return [SIMD3(first, first + 1, first + 2), SIMD3(first, first + 2, first + 1)]
    }
    let list = try #require(TriangleList(triangles, vertexCount: 30))
    func picture(_ renderer: MeshRenderer) -> PixelImage {
      var image = PixelImage(width: Self.size, height: Self.size, fill: [10, 200, 10])
      renderer.begin(width: Self.size, height: Self.size)
      renderer.draw(vertices, list, on: &image)
      return image
    }
    let smooth = MeshRenderer(isAntialiased: true)
    let (plain, found) = (picture(MeshRenderer()), picture(smooth))
    // The same each time: nothing is left in the buffers.
    #expect(picture(smooth) == found)
    var changed = 0
    for y in 0..<Self.size {
      for x in 0..<Self.size {
        let shares = triangles.map { corners in
          let places = (0..<3).map { Point(vertices[Int(corners[$0])].position) }
          return Self.area(places, x, y, size: 1.1)
        }
        let isInside = shares.contains { $0 > 1.1 * 1.1 - 1e-3 }
        let isOutside = shares.allSatisfy { $0 < 1e-9 }
        let at = 3 * (y * Self.size + x)
        let isSame = plain.pixels[at..<at + 3] == found.pixels[at..<at + 3]
        #expect(isSame || !(isInside || isOutside), "(\(x), \(y))")
        changed += isSame ? 0 : 1
      }
    }
    #expect(changed > 100)
  }

  @Test("a nearer mesh is mixed with the farther one behind it, which nothing shines through")
  func layers() throws {
    let list = try #require(TriangleList([[0, 1, 2], [0, 2, 3]], vertexCount: 4))
    func square(_ right: Float, _ nearness: Float, _ grey: Float) -> [ScreenVertex] {
      [SIMD2<Float>(-9, -9), [-9, 99], [right, 99], [right, -9]].map {
        ScreenVertex(position: $0, nearness: nearness, colour: SIMD3(repeating: grey))
      }
    }
    let (far, near) = (square(30, 1, 200), square(19.75, 2, 100))
    func row(_ order: [[ScreenVertex]]) -> [UInt8] {
      var image = PixelImage(width: Self.size, height: Self.size)
      let renderer = MeshRenderer(isAntialiased: true)
      renderer.begin(width: Self.size, height: Self.size)
      for square in order { renderer.draw(square, list, on: &image) }
      return (0..<Self.size).map { image.pixels[3 * (9 * Self.size + $0)] }
    }
    // Pixel 20 is from 19.5 to 20.5, a quarter of it nearer; of pixel 30 the first half is covered.
    let expected = (0..<Self.size).map { x -> UInt8 in
      switch x {
      case ...19: 100
      case 20: 175
      case ..<30: 200
      case 30: 100
      default: 0
      }
    }
    #expect(row([far, near]) == expected)
    // The other way round only the rim between the two is rough, without a trace of what is behind both.
    let reversed = row([near, far])
    for x in 0..<Self.size where x != 20 { #expect(reversed[x] == expected[x]) }
    #expect((100...200).contains(reversed[20]))
  }

  @Test("beyond the outermost centres a rim has the outline's own colour, mixed along it")
  func rimColour() throws {
    // Its right edge lies a third into pixels whose centres are outside.
    let vertices = [
      ([-9, -9], 0), ([-9, 57], 0), ([19.84375, 57], 198), ([19.84375, -9], 0),
    ].map { (place: SIMD2<Float>, red: Float) in
      ScreenVertex(position: place, nearness: 1, colour: [red, 60, 30])
    }
    let list = try #require(TriangleList([[0, 1, 2], [0, 2, 3]], vertexCount: 4))
    var image = PixelImage(width: Self.size, height: Self.size, fill: [0, 120, 90])
    let renderer = MeshRenderer(isAntialiased: true)
    renderer.begin(width: Self.size, height: Self.size)
    renderer.draw(vertices, list, on: &image)
    let share = 0.34375
    for y in 0..<Self.size {
      let at = 3 * (y * Self.size + 20)
      #expect(abs(Double(image.pixels[at]) - share * 3 * Double(y + 9)) < 1)
      #expect(abs(Double(image.pixels[at + 1]) - (120 - 60 * share)) < 1)
      #expect(abs(Double(image.pixels[at + 2]) - (90 - 60 * share)) < 1)
    }
  }

  @Test("edges of three triangles, triangles given twice or without an area do no harm")
  func odd() throws {
    let places: [Point] = [[5.2, 5.2], [5.2, 30.7], [30.7, 5.2], [2.1, 2.1], [40.3, 40.3]]
    let plain = try draw(places, [[0, 1, 2]])
    let doubled = try draw(places, [[0, 1, 2], [0, 1, 2], [1, 1, 2], [0, 0, 0]])
    let fan = try draw(places, [[0, 1, 2], [1, 0, 3], [1, 0, 3], [2, 1, 4], [1, 2, 4]])
    for at in plain.indices {
      #expect((0...1).contains(doubled[at]) && (0...1).contains(fan[at]))
      if plain[at] == 1 { #expect(doubled[at] == 1 && fan[at] == 1) }
      if plain[at] == 0 { #expect(doubled[at] == 0) }
    }
  }

  // Helpers

  /// The shares that white triangles leave on black.
  private func draw(_ places: [Point], _ triangles: [SIMD3<Int32>]) throws -> [Double] {
    let list = try #require(TriangleList(triangles, vertexCount: places.count))
    var image = PixelImage(width: Self.size, height: Self.size)
    let renderer = MeshRenderer(isAntialiased: true)
    renderer.begin(width: Self.size, height: Self.size)
    let vertices = places.map {
      ScreenVertex(
        position: SIMD2<Float>($0), nearness: 1, colour: SIMD3(repeating: 255))
    }
    renderer.draw(vertices, list, on: &image)
    return stride(from: 0, to: image.pixels.count, by: 3).map { Double(image.pixels[$0]) / 255 }
  }

  private func expect(_ shares: [Double], covers outline: [Point], within tolerance: Double) throws
  {
    let differences = shares.indices.map { at in
      abs(shares[at] - Self.area(outline, at % Self.size, at / Self.size))
    }
    let worst = try #require(differences.max())
    #expect(worst < tolerance + 1.0 / 512, "\(outline)")
  }

  private static func snapped(_ point: Point) -> Point {
    (point * 64).rounded(.toNearestOrEven) / 64
  }

  /// Of a convex polygon in the square about a pixel's centre, by cutting it at the square's sides.
  private static func area(_ polygon: [Point], _ x: Int, _ y: Int, size: Double = 1) -> Double {
    var corners = polygon.map { $0 - Point(Double(x), Double(y)) }
    for axis in 0..<2 {
      for sign in [1.0, -1] {
        var kept: [Point] = []
        for i in corners.indices {
          let (a, b) = (corners[i], corners[(i + 1) % corners.count])
          let (da, db) = (size / 2 - sign * a[axis], size / 2 - sign * b[axis])
          if da >= 0 { kept.append(a) }
          if (da >= 0) != (db >= 0) { kept.append(a + da / (da - db) * (b - a)) }
        }
        corners = kept
      }
    }
    var twice = 0.0
    for i in corners.indices {
      let (a, b) = (corners[i], corners[(i + 1) % corners.count])
      twice += a.x * b.y - a.y * b.x
    }
    return abs(twice) / 2
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
