import Geometry
import TestSupport
import Testing

@Suite("TRG's cameras")
struct RowCameraTests {
  private let camera = Intrinsics(focalLength: [910, 905], principalPoint: [318, 242])

  /// [X Y Z 1] · R_t · K, divided by the third number.
  private func pixel(
    _ point: SIMD3<Double>, _ transform: [Double], _ camera: [Double]
  ) -> SIMD2<Double> {
    func product(_ row: [Double], _ matrix: [Double], columns: Int) -> [Double] {
      (0..<columns).map { column in
        row.indices.reduce(0) { $0 + row[$1] * matrix[$1 * columns + column] }
      }
    }
    let seen = product(
      product([point.x, point.y, point.z, 1], transform, columns: 4), camera, columns: 3)
    return SIMD2(seen[0], seen[1]) / seen[2]
  }

  @Test("row vectors times both matrices are the pinhole's pixels")
  func pixels() throws {
    var random = SeededRandom(seed: 121)
    let matrix = RowCamera(camera).rowMajor
    for _ in 0..<1000 {
      let pose = Extrinsics(
        rotation: random.rotation(), translation: random.vector(-0.5...0.5) + [0, 0, 2])
      let point = random.vector(-0.1...0.1)
      let found = pixel(point, RowTransform(pose, axes: .openCV).rowMajor, matrix)
      let expected = camera.projection(of: pose.applied(to: point))
      #expect(length(SIMD3(found - expected, 0)) < 1e-9)
    }
    #expect(RowCamera(rowMajor: matrix) == RowCamera(camera))
  }

  @Test("what is no such camera is refused")
  func refused() {
    let column = [910.0, 0, 318, 0, 0, 905, 242, 0, 0, 0, 1, 0]
    #expect(RowCamera(rowMajor: column) == nil)
    #expect(RowCamera(rowMajor: [1]) == nil)
    #expect(RowCamera(rowMajor: [-1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0]) == nil)
  }

  @Test("a crop's camera shows a point where the crop's scaling takes its pixel")
  func crop() {
    var random = SeededRandom(seed: 122)
    for _ in 0..<1000 {
      let corner = SIMD2(random.uniform(-50...300), random.uniform(-50...300))
      let side = random.uniform(30...400)
      let crop = camera.cropped(corner: corner, side: side, size: 192)
      let point = random.vector(-0.5...0.5) + [0, 0, 2]
      let expected = (camera.projection(of: point) - corner) * (192 / side)
      #expect(length(SIMD3(crop.projection(of: point) - expected, 0)) < 1e-9)
    }
  }
}
