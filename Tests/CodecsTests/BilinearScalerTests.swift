import Codecs
import Testing

@Suite("Resizing as OpenCV does")
struct BilinearScalerTests {
  /// Red is given; green and blue are other functions of it, so that exchanged channels show.
  private func image(_ width: Int, _ height: Int, red: (Int, Int) -> Int) -> PixelImage {
    var image = PixelImage(width: width, height: height)
    for y in 0..<height {
      for x in 0..<width {
        let value = red(x, y)
        for (channel, level) in [value, 255 - value, value / 2].enumerated() {
          image.pixels[3 * (y * width + x) + channel] = UInt8(level)
        }
      }
    }
    return image
  }

  private func red(_ image: PixelImage) -> [UInt8] {
    stride(from: 0, to: image.pixels.count, by: 3).map { image.pixels[$0] }
  }

  @Test("at its own size an image is itself")
  func same() {
    let source = image(7, 5) { (37 * $0 + 91 * $1) % 256 }
    #expect(source.resizedLikeOpenCV(width: 7, height: 5) == source)
  }

  /// The numbers are those of OpenCV 4.14's `cv2.resize`.
  @Test("enlarged, shrunk by two and shrunk by more")
  func known() {
    let step = image(2, 1) { x, _ in 255 * x }
    #expect(red(step.resizedLikeOpenCV(width: 4, height: 1)) == [0, 64, 191, 255])
    let halves = image(4, 2) { 10 * $0 + $1 }
    #expect(red(halves.resizedLikeOpenCV(width: 2, height: 1)) == [6, 26])
    let thirds = image(5, 1) { x, _ in 50 * x }
    #expect(red(thirds.resizedLikeOpenCV(width: 3, height: 1)) == [17, 100, 183])
    // Above and below, a row is mixed with itself, which loses what is left of the fixed point.
    let faint = image(2, 1) { x, _ in x }
    #expect(
      red(faint.resizedLikeOpenCV(width: 5, height: 3))
        == [0, 0, 0, 1, 1, 0, 0, 1, 1, 1, 0, 0, 0, 1, 1])
  }

  @Test("a part is resized as if it were the whole image")
  func part() {
    let source = image(31, 23) { (37 * $0 + 91 * $1) % 256 }
    let part = image(12, 9) { (37 * ($0 + 5) + 91 * ($1 + 8)) % 256 }
    #expect(
      source.resizedLikeOpenCV(width: 20, height: 7, columns: 5..<17, rows: 8..<17)
        == part.resizedLikeOpenCV(width: 20, height: 7))
  }

  @Test("memory of earlier sizes leaves no trace")
  func scratch() {
    var scaler = BilinearScaler()
    let sources = [(61, 47), (11, 9), (61, 47)].map { width, height in
      image(width, height) { (7 * $0 + 13 * $1) % 256 }
    }
    for source in sources {
      var rows: [UInt8] = []
      scaler.scale(source, width: 16, height: 33) { y, row in
        #expect(rows.count == y * 48)
        rows += row
      }
      #expect(rows == source.resizedLikeOpenCV(width: 16, height: 33).pixels)
    }
  }
}
