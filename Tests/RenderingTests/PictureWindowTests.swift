import Codecs
import Geometry
import Rendering
import TestSupport
import Testing

@Suite("Picture window")
struct PictureWindowTests {
  @Test("shrinking takes the mean of the area, whatever the ratio", arguments: [2.0, 3, 2.5, 7.3])
  func mean(ratio: Double) {
    var random = SeededRandom(seed: 3)
    var image = PixelImage(width: 41, height: 41)
    for i in image.pixels.indices { image.pixels[i] = UInt8(random.uniform(0...255)) }
    let side = Int(41 / ratio)
    let picture = PictureWindow(corner: .zero, scale: 1 / ratio, width: side, height: side)
      .picture(of: image, background: [0, 0, 0])
    for y in 0..<side {
      for x in 0..<side {
        // Sixty-four samples a pixel and axis stand for the integral.
        var (sum, count) = (0.0, 0.0)
        for row in 0..<64 {
          for column in 0..<64 {
            let place = SIMD2(
              (Double(x) + (Double(column) + 0.5) / 64) * ratio,
              (Double(y) + (Double(row) + 0.5) / 64) * ratio)
            sum += Double(image.pixels[3 * (Int(place.y) * 41 + Int(place.x))])
            count += 1
          }
        }
        #expect(abs(Double(picture.pixels[3 * (y * side + x)]) - sum / count) < 2.5)
      }
    }
  }

  @Test("enlarging keeps even ramps even, and a flat image flat", arguments: [1.5, 4, 9.1])
  func ramps(scale: Double) {
    var image = PixelImage(width: 24, height: 9, fill: [0, 77, 0])
    for i in 0..<24 * 9 { image.pixels[3 * i] = UInt8(10 * (i % 24)) }
    let window = PictureWindow(
      corner: [4, 2], scale: scale, width: Int(12 * scale), height: Int(4 * scale))
    let picture = window.picture(of: image, background: [9, 9, 9])
    for i in 0..<picture.width * picture.height {
      let x = (Double(i % picture.width) + 0.5) / scale + 4 - 0.5
      #expect(abs(Double(picture.pixels[3 * i]) - 10 * x) <= 1)
      #expect(picture.pixels[3 * i + 1] == 77)
    }
  }

  @Test("beyond the rim there is the background, and half of it on a pixel that the rim halves")
  func rim() {
    let image = PixelImage(width: 4, height: 4, fill: [200, 200, 200])
    let picture = PictureWindow(corner: [-4.5, 0], scale: 1, width: 12, height: 4)
      .picture(of: image, background: [100, 0, 50])
    let row = (0..<12).map { Array(picture.pixels[3 * $0..<3 * $0 + 3]) }
    #expect(row[0..<4].allSatisfy { $0 == [100, 0, 50] })
    #expect(row[4] == [150, 100, 125] && row[8] == [150, 100, 125])
    #expect(row[5..<8].allSatisfy { $0 == [200, 200, 200] })
    #expect(row[9...].allSatisfy { $0 == [100, 0, 50] })
  }

  @Test("places and cameras move with the window")
  func camera() {
    let window = PictureWindow(corner: [100, 50], scale: 2.5, width: 10, height: 10)
    let camera = Intrinsics(focalLength: [700, 710], principalPoint: [320, 240])
    let point = SIMD3(0.1, -0.2, 1.3)
    let expected = window.place(camera.projection(of: point))
    let found = window.camera(camera).projection(of: point)
    #expect(length(SIMD3(expected - found, 0)) < 1e-9)
  }
}
