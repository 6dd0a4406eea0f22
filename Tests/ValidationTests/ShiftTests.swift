import Geometry
import TestSupport
import Testing

@testable import Validation

@Suite("Shifts")
struct ShiftTests {
  @Test(
    "a constant shift is found with its size, in any direction",
    arguments: [SIMD2(5.0, 5), SIMD2(-5, 0), SIMD2(0, 5), SIMD2(-4, -3)])
  func shifts(shift: SIMD2<Double>) throws {
    let faces = SyntheticFaces(count: 12).planting { face, _ in
      face.points = face.points?.map { $0.map { $0 + shift } }
    }
    let finding = try #require(faces.report.findings.first)
    #expect(faces.ids == ["landmarks-shifted"])
    let found = SIMD2(finding.numbers[0].value, finding.numbers[1].value)
    #expect(((found - shift) * (found - shift)).sum().squareRoot() < 0.8)
  }

  @Test("boxes that are shifted sideways are found, up and down they may be of another convention")
  func boxes() {
    func shifted(_ x: Double, _ y: Double) -> [String] {
      SyntheticFaces(count: 12).planting { face, _ in
        face.box = BoundingBox(
          x: face.box.left + x, y: face.box.top + y, width: face.box.width,
          height: face.box.height)
      }.ids
    }
    #expect(shifted(12, 0) == ["boxes-shifted"])
    #expect(shifted(0, 12) == [])
  }

  @Test("the estimate stands against faces that are far off, and knows its error")
  func robust() throws {
    var random = SeededRandom(seed: 8)
    var (inside, total) = (0, 0)
    for _ in 0..<200 {
      var faces: [(difference: SIMD2<Double>, size: Double)] = []
      for _ in 0..<30 {
        let size = random.uniform(30...200)
        let noise = SIMD2(random.uniform(-1...1), random.uniform(-1...1)) * 0.05 * size
        faces.append((SIMD2(3, -2) + noise, size))
      }
      for _ in 0..<6 { faces.append((SIMD2(400, 300), 100)) }
      let estimate = try #require(ShiftEstimate(faces))
      total += 2
      for axis in 0..<2 {
        let distance = (estimate.pixels[axis] - SIMD2(3.0, -2)[axis]).magnitude
        inside += distance <= 3 * max(estimate.error[axis], 0.3) ? 1 : 0
      }
    }
    #expect(inside >= total * 97 / 100)
  }

  @Test("a pixel is named as such where faces are small enough to show it")
  func offByOne() throws {
    let faces = (0..<40).map { i in
      (difference: SIMD2(1, 1) + 0.2 * SIMD2(Double(i % 3) - 1, Double(i % 5) - 2), size: 30.0)
    }
    let estimate = try #require(ShiftEstimate(faces))
    #expect(estimate.isOffByOne)
    #expect(estimate.isFinding(limit: 0.02, ValidationThresholds()))
    let large = try #require(ShiftEstimate(faces.map { ($0.difference, 300) }))
    #expect(!large.isFinding(limit: 0.02, ValidationThresholds()))
    #expect(ShiftEstimate(faces.prefix(4).map { $0 })?.isFinding(limit: 0.02, .init()) == false)
  }
}
