import Codecs
import Geometry
import TestSupport
import Testing

@testable import Inference

@Suite("A square cut out and scaled")
struct ScaledCropTests {
  private let image: PixelImage = {
    var image = PixelImage(width: 40, height: 30)
    var random = SeededRandom(seed: 6)
    for i in image.pixels.indices { image.pixels[i] = UInt8.random(in: 0...255, using: &random) }
    return image
  }()

  /// What lies between four pixels; black outside.
  private func value(_ x: Double, _ y: Double, _ channel: Int) -> Double {
    func pixel(_ column: Int, _ row: Int) -> Double {
      guard (0..<40).contains(column), (0..<30).contains(row) else { return 0 }
      return Double(image.pixels[3 * (row * 40 + column) + channel])
    }
    let (column, row) = (Int(x.rounded(.down)), Int(y.rounded(.down)))
    let (a, b) = (x - Double(column), y - Double(row))
    return (1 - b) * ((1 - a) * pixel(column, row) + a * pixel(column + 1, row))
      + b * ((1 - a) * pixel(column, row + 1) + a * pixel(column + 1, row + 1))
  }

  @Test("at whole numbers and without scaling the pixels themselves")
  func exact() throws {
    let crop = try #require(ScaledCrop(left: -3, top: 12, pixel: 1, side: 20)).pixels(of: image)
    for row in 0..<20 {
      for column in 0..<20 {
        for channel in 0..<3 {
          let expected = value(Double(column - 3), Double(row + 12), channel)
          #expect(Double(crop.pixels[3 * (row * 20 + column) + channel]) == expected)
        }
      }
    }
  }

  @Test(
    "what lies between pixels, to the 1/32 of a pixel that its fixed point has",
    arguments: [(3.25, 7.5, 0.5), (-4.7, -3.1, 1.3), (25.4, 18.9, 0.83), (1.1, 2.2, 3.7)])
  func between(left: Double, top: Double, pixel: Double) throws {
    let crop = try #require(ScaledCrop(left: left, top: top, pixel: pixel, side: 16))
    let pixels = crop.pixels(of: image).pixels
    var worst = 0.0
    for row in 0..<16 {
      for column in 0..<16 {
        let place = crop.place(of: SIMD2(Double(column), Double(row)))
        for channel in 0..<3 {
          let found = Double(pixels[3 * (row * 16 + column) + channel])
          worst = max(worst, (found - value(place.x, place.y, channel)).magnitude)
        }
      }
    }
    // Half a step either way, where neighbours differ by up to 255, and rounding.
    #expect(worst < 2 * 255.0 / 64 + 0.6)
  }

  @Test("there is none of a box that no image can have")
  func none() {
    #expect(ScaledCrop(left: .nan, top: 0, pixel: 1, side: 9) == nil)
    #expect(ScaledCrop(left: 0, top: 1e7, pixel: 1, side: 9) == nil)
    #expect(ScaledCrop(left: 0, top: 0, pixel: 0, side: 9) == nil)
    #expect(ScaledCrop(left: 0, top: 0, pixel: .infinity, side: 9) == nil)
  }
}
