internal import Codecs
internal import Testing

@Suite("Decoding at a fraction of the size")
struct ImageDecoderTests {
  private let decoder = ImageDecoder()

  @Test(
    "a JPEG is halved while its longer side stays as long as asked, and no further than an eighth",
    arguments: [
      (61, 47, 31, 61, 47), (61, 47, 30, 31, 24), (64, 40, 16, 16, 10), (40, 64, 17, 20, 32),
      (160, 16, 1, 20, 2),
    ])
  func sizes(width: Int, height: Int, atLeast: Int, newWidth: Int, newHeight: Int) throws {
    let file = PixelImage(width: width, height: height, fill: [200, 100, 50]).jpeg(quality: 95)
    let found = try file.withUnsafeBytes { try decoder.image($0, longSideAtLeast: atLeast) }
    #expect([found.image.width, found.image.height] == [newWidth, newHeight])
    #expect([found.header.width, found.header.height] == [width, height])
    let middle = 3 * (newHeight / 2 * newWidth + newWidth / 2)
    for (value, expected) in zip(found.image.pixels[middle..<middle + 3], [200, 100, 50]) {
      #expect(abs(Int(value) - expected) <= 3)
    }
  }

  @Test("a PNG is decoded whole")
  func png() throws {
    let image = PixelImage(width: 64, height: 40, fill: [1, 2, 3])
    let found = try image.png().withUnsafeBytes { try decoder.image($0, longSideAtLeast: 8) }
    #expect(found.image == image)
  }
}
