import Geometry
import Labelling
import Schema
import Testing

@Suite("PerspNet's sample")
struct PerspNetSampleTests {
  /// A face of 100 x 100 pixels of skin, the left half of one triangle, the right half of another; a plane 1 m away.
  private func face(skin: IntegerBox) -> PerspNetFace {
    var vertices = Array(repeating: SIMD3<Float>(0, 0, 0), count: ARKitFaceTables.vertexCount)
    vertices[0] = [-0.1, 0.1, 0]
    vertices[1] = [0.1, 0.1, 0]
    vertices[2] = [-0.1, -0.1, 0]
    let columns = skin.left..<skin.right
    let triangles = (skin.top..<skin.bottom).flatMap { y in
      columns.map { x in (x + y) % 7 == 0 ? PerspNetFace.noTriangle : 0 }
    }
    return PerspNetFace(
      vertices: vertices, matrix: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, -1, 1],
      camera: Intrinsics(focalLength: [500, 500], principalPoint: [100, 100]),
      imageSize: [200, 200], region: IntegerBox(left: 4, top: 4, right: 195, bottom: 195),
      centre: [100, 100], extent: 128, landmarks: [], maskBox: skin, triangles: triangles)
  }

  private let tables = ARKitFaceTables(
    coordinates: Array(repeating: .zero, count: 1220), triangles: [[0, 1, 2]])

  @Test("chooses 1,024 different skin pixels in order, the same each time")
  func chosen() throws {
    let face = face(skin: IntegerBox(left: 50, top: 50, right: 150, bottom: 150))
    let sample = try #require(PerspNetSample(of: face))
    #expect(sample.skinPixels == face.triangles.count { $0 == 0 })
    #expect(sample.chosen.count == 1024)
    let order = sample.chosen.map { $0.pixel.y * 200 + $0.pixel.x }
    #expect(zip(order, order.dropFirst()).allSatisfy { $0 < $1 })
    #expect(sample.chosen.allSatisfy { ($0.pixel.x + $0.pixel.y) % 7 != 0 })
    // The region is as large as the crop, so that places are pixels less 4.
    #expect(
      sample.chosen.allSatisfy { $0.place == ($0.pixel.y - 4) * 192 + $0.pixel.x - 4 })
    #expect(try #require(PerspNetSample(of: face)).chosen == sample.chosen)
    #expect(sample.mask.count { $0 } == sample.skinPixels)
  }

  @Test("repeats the pixels of a small skin from the first")
  func repeated() throws {
    let sample = try #require(
      PerspNetSample(of: face(skin: IntegerBox(left: 90, top: 90, right: 93, bottom: 92))))
    #expect(sample.skinPixels == 4)
    #expect(sample.chosen.count == 1024)
    #expect(sample.chosen[4] == sample.chosen[0] && sample.chosen[1023] == sample.chosen[3])
  }

  @Test("gives each chosen pixel its place on the face")
  func coordinates() throws {
    let face = face(skin: IntegerBox(left: 60, top: 60, right: 80, bottom: 80))
    let sample = try #require(PerspNetSample(of: face))
    for (chosen, place) in zip(sample.chosen, try sample.coordinates(of: face, tables)) {
      let expected =
        SIMD2(
          Float(chosen.pixel.x - 100), Float(100 - chosen.pixel.y)) / 500 * 4.5
      #expect(abs(place.x - expected.x) < 1e-5 && abs(place.y - expected.y) < 1e-5)
    }
    let none = ARKitFaceTables(
      coordinates: Array(repeating: .zero, count: 1220), triangles: [])
    #expect(throws: PerspNetTargets.Refusal.self) {
      _ = try sample.coordinates(of: face, none)
    }
  }

  @Test("is none where no skin is in the region, or the region has no area")
  func none() {
    #expect(
      PerspNetSample(of: face(skin: IntegerBox(left: 0, top: 0, right: 4, bottom: 4))) == nil)
    var flat = face(skin: IntegerBox(left: 90, top: 90, right: 93, bottom: 92))
    flat.region.right = flat.region.left
    #expect(PerspNetSample(of: flat) == nil)
  }
}
