import Codecs
import Geometry
import Rendering
import Testing

@Suite("warped images")
struct PixelImageWarpTests {
  /// Pixels that all differ: 10 x + 50 y, and the same from 1 and 2 on.
  private let image: PixelImage = {
    var image = PixelImage(width: 4, height: 3)
    for y in 0..<3 {
      for x in 0..<4 {
        for channel in 0..<3 {
          image.pixels[3 * (4 * y + x) + channel] = UInt8(10 * x + 50 * y + channel)
        }
      }
    }
    return image
  }()

  private func red(_ image: PixelImage) -> [UInt8] {
    stride(from: 0, to: image.pixels.count, by: 3).map { image.pixels[$0] }
  }

  @Test("the identity changes nothing")
  func identity() {
    let same = PlanarMap(xRow: [1, 0], yRow: [0, 1], translation: .zero)
    #expect(image.warped(by: same, width: 4, height: 3) == image)
  }

  @Test("whole shifts move pixels, black comes in")
  func shift() {
    let map = PlanarMap(xRow: [1, 0], yRow: [0, 1], translation: [1, -1])
    #expect(
      red(image.warped(by: map, width: 4, height: 3)) == [
        0, 50, 60, 70, 0, 100, 110, 120, 0, 0, 0, 0,
      ])
  }

  @Test("between pixels lies their mean, beyond the rim that with black, a half rounded up")
  func halves() {
    let map = PlanarMap(xRow: [1, 0], yRow: [0, 1], translation: [-0.5, 0])
    #expect(red(image.warped(by: map, width: 4, height: 1)) == [5, 15, 25, 15])
    let both = PlanarMap(xRow: [1, 0], yRow: [0, 1], translation: [0.5, 0.5])
    // (0 + 0 + 0 + 0) / 4, then the means of two beside black, 5 / 2 rounded up.
    #expect(red(image.warped(by: both, width: 2, height: 2)) == [0, 3, 13, 30])
  }

  @Test("a quarter turn exchanges the axes")
  func quarterTurn() {
    let map = PlanarMap(xRow: [0, -1], yRow: [1, 0], translation: [2, 0])
    let turned = image.warped(by: map, width: 3, height: 4)
    #expect(red(turned) == [100, 50, 0, 110, 60, 10, 120, 70, 20, 130, 80, 30])
  }

  @Test(
    "maps without an inverse, or that lead nowhere near, give black",
    arguments: [
      PlanarMap(xRow: [0, 0], yRow: [0, 0], translation: .zero),
      PlanarMap(xRow: [.nan, 0], yRow: [0, 1], translation: .zero),
      PlanarMap(xRow: [1, 0], yRow: [0, 1], translation: [1e300, 0]),
      PlanarMap(xRow: [1, 0], yRow: [0, 1], translation: [.nan, 0]),
      PlanarMap(xRow: [1e-200, 0], yRow: [0, 1e200], translation: [.infinity, 3]),
    ])
  func nowhere(map: PlanarMap) {
    #expect(image.warped(by: map, width: 5, height: 5).pixels.allSatisfy { $0 == 0 })
  }

  @Test("a cut beyond the rim is black there")
  func cut() {
    #expect(red(image.cut(columns: -1..<3, rows: 2..<4)) == [0, 100, 110, 120, 0, 0, 0, 0])
    #expect(red(image.cut(columns: 1..<3, rows: 0..<2)) == [10, 20, 60, 70])
    #expect(red(image.cut(columns: 4..<6, rows: 0..<1)) == [0, 0])
    #expect(red(image.cut(columns: 0..<2, rows: -9 ..< -8)) == [0, 0])
  }
}
