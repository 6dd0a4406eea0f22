import Geometry
import TestSupport
import Testing

@testable import Datasets

@Suite("BIWI's boxes")
struct BiwiHeadBoxTests {
  @Test("a box encloses the head's points and touches them on all four sides")
  func rim() throws {
    var random = TestSupport.SeededRandom(seed: 3)
    let camera = Intrinsics(focalLength: [517.679, 530], principalPoint: [320, 240.5])
    for _ in 0..<20 {
      let vector = SIMD3(
        random.uniform(-1...1), random.uniform(-1...1), random.uniform(-1...1))
      let pose = Extrinsics(
        rotation: Rotation(rotationVector: vector),
        translation: [random.uniform(-0.3...0.3), random.uniform(-0.2...0.2), 0.6])
      let box = try #require(BiwiHeadBox.box(of: pose, camera: camera))
      var (low, high) = (SIMD2(repeating: 1e9), SIMD2(repeating: -1e9))
      // The golden spiral: points evenly over the ellipsoid.
      for i in 0..<20_000 {
        let height = 1 - 2 * (Double(i) + 0.5) / 20_000
        let across = Rotation(rotationVector: [0, Double(i) * 2.399_963_229_728_653, 0])
        let point = across * SIMD3((1 - height * height).squareRoot(), height, 0)
        let pixel = camera.projection(
          of: pose.applied(to: BiwiHeadBox.centre + BiwiHeadBox.halfAxes * point))
        low = SIMD2(min(low.x, pixel.x), min(low.y, pixel.y))
        high = SIMD2(max(high.x, pixel.x), max(high.y, pixel.y))
      }
      for (rim, found) in [
        (box.left, low.x), (box.top, low.y), (-box.right, -high.x), (-box.bottom, -high.y),
      ] {
        #expect(rim < found + 1e-9 && found - rim < 0.05)
      }
    }
  }

  @Test("a head at the camera has no box")
  func near() {
    let camera = Intrinsics.widthPlusHeight(640, 480)
    for z in [-1, 0, 0.05] {
      let pose = Extrinsics(rotation: .identity, translation: [0, 0, z])
      #expect(BiwiHeadBox.box(of: pose, camera: camera) == nil)
    }
  }
}
