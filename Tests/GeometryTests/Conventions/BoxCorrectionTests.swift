import Geometry
import TestSupport
import Testing

@Suite("TRG's correction of a box")
struct BoxCorrectionTests {
  @Test("is the paper's formula where the principal point is the image's centre, and its inverse")
  func formula() {
    var random = SeededRandom(seed: 33)
    for _ in 0..<1000 {
      let (width, height) = (random.uniform(300...1500), random.uniform(300...1500))
      let f = random.uniform(300...3000)
      let camera = Intrinsics(focalLength: [f, f], principalPoint: [width / 2, height / 2])
      let centre = SIMD2(random.uniform(0...width), random.uniform(0...height))
      let b = random.uniform(40...500)
      let correction = BoxCorrection(
        scale: random.uniform(0.6...1.6),
        offset: SIMD2(random.uniform(-1...1), random.uniform(-1...1)))
      let found = correction.translation(centre: centre, width: b, camera: camera)
      let (s, l) = (correction.scale, 0.2)
      let tx = correction.offset.x * (l * 0.5) * s + l * s * (centre.x - width / 2) / b
      let ty = correction.offset.y * (l * 0.5) * s + l * s * (centre.y - height / 2) / b
      #expect(length(found - [tx, ty, l * s * f / b]) < 1e-12 * length(found))
      let back = BoxCorrection(translation: found, centre: centre, width: b, camera: camera)
      #expect(abs(back.scale - s) < 1e-12)
      #expect((back.offset - correction.offset).max() < 1e-9)
    }
  }

  @Test("puts the head's origin where it says in any camera")
  func projection() {
    let camera = Intrinsics(focalLength: [700, 650], principalPoint: [310, 250])
    let correction = BoxCorrection(scale: 1.2, offset: [0.4, -0.3])
    let found = correction.translation(centre: [200, 180], width: 90, camera: camera)
    let pixel = camera.projection(of: found)
    #expect(abs(pixel.x - 218) < 1e-9 && abs(pixel.y - 166.5) < 1e-9)
  }
}
