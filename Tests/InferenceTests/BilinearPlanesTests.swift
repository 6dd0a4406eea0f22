import Testing

@testable import Codecs
@testable import Inference

@Suite("Scaling to a network's input")
struct BilinearPlanesTests {
  private func planes(
    _ image: PixelImage, _ width: Int, _ height: Int,
    with scaler: inout BilinearPlanes
  ) -> [Float] {
    Array(unsafeUninitializedCapacity: 3 * width * height) { buffer, count in
      count = 3 * width * height
      scaler.fill(
        UnsafeMutableBufferPointer(rebasing: buffer[..<count]), width: width, height: height,
        from: image)
    }
  }

  private func planes(_ image: PixelImage, _ width: Int, _ height: Int) -> [Float] {
    var scaler = BilinearPlanes()
    return planes(image, width, height, with: &scaler)
  }

  private func image(_ width: Int, _ height: Int, red: (Int, Int) -> UInt8) -> PixelImage {
    var image = PixelImage(width: width, height: height, fill: [0, 7, 9])
    for y in 0..<height {
      for x in 0..<width { image.pixels[3 * (y * width + x)] = red(x, y) }
    }
    return image
  }

  @Test("at the image's own size the planes are its channels")
  func same() {
    let found = planes(image(3, 2) { UInt8(10 * $0 + $1) }, 3, 2)
    #expect(found == [0, 10, 20, 1, 11, 21] + Array(repeating: 7, count: 6) + [9, 9, 9, 9, 9, 9])
  }

  /// The numbers are OpenCV's for the same images.
  @Test("a step becomes a ramp when enlarged, and halves are means")
  func ramp() {
    let step = planes(image(2, 1) { x, _ in x == 0 ? 0 : 255 }, 4, 1)
    #expect(step.prefix(4) == [0, 64, 191, 255])
    let halves = planes(image(4, 2) { x, y in UInt8(10 * x + y) }, 2, 1)
    #expect(halves.prefix(2) == [6, 26])
    let thirds = planes(image(5, 1) { x, _ in UInt8(50 * x) }, 3, 1)
    #expect(thirds.prefix(3) == [17, 100, 183])
  }

  @Test("constant channels stay constant at any size")
  func constant() {
    let source = PixelImage(width: 37, height: 23, fill: [255, 128, 1])
    for (width, height) in [(32, 32), (64, 32), (96, 64), (9, 5)] {
      let found = planes(source, width, height)
      let count = width * height
      #expect(found.prefix(count).allSatisfy { $0 == 255 })
      #expect(found[count..<2 * count].allSatisfy { $0 == 128 })
      #expect(found.suffix(count).allSatisfy { $0 == 1 })
    }
  }

  @Test("scratch of earlier sizes leaves no trace")
  func scratch() {
    var scaler = BilinearPlanes()
    let large = image(61, 47) { x, y in UInt8((7 * x + 13 * y) % 256) }
    let small = image(11, 9) { x, y in UInt8((29 * x + 3 * y) % 256) }
    for source in [large, small, large] {
      #expect(planes(source, 32, 64, with: &scaler) == planes(source, 32, 64))
      #expect(planes(source, 64, 32, with: &scaler) == planes(source, 64, 32))
    }
  }
}
