import Codecs
import Testing

@Suite("Resizing as Pillow does")
struct PixelImagePillowTests {
  /// 5 x 4 pixels of the bytes 37 i mod 251.
  private let image: PixelImage = {
    var image = PixelImage(width: 5, height: 4)
    for i in image.pixels.indices { image.pixels[i] = UInt8(i * 37 % 251) }
    return image
  }()

  /// What Pillow 13.0.0 gives by `Image.resize((width, height), Image.BILINEAR)`.
  @Test(
    "gives Pillow's bytes where it shrinks and where it enlarges",
    arguments: [
      (
        2, 3,
        [99, 96, 133, 149, 122, 104, 123, 108, 139, 133, 125, 110, 114, 112, 145, 149, 110, 116]
          as [UInt8]
      ),
      (
        5, 2,
        [
          38, 75, 112, 149, 150, 187, 116, 46, 83, 120, 157, 158, 195, 124, 54, 121, 158, 195,
          125, 54, 91, 92, 129, 166, 203, 133, 62, 99, 100, 137,
        ]
      ),
      (
        7, 4,
        [
          0, 37, 74, 63, 100, 137, 143, 108, 145, 222, 8, 45, 122, 87, 124, 130, 167, 96, 193, 230,
          16, 53, 90, 127, 116, 153, 190, 124, 161, 198, 24, 61, 98, 103, 140, 177, 183, 112, 149,
          246, 32, 69, 106, 143, 180, 169, 63, 100, 177, 35, 72, 77, 114, 151, 156, 193, 51, 128,
          165, 59, 48, 85, 122, 159, 196, 233, 79, 116, 153, 51, 88, 125, 130, 167, 204, 209, 67,
          104, 181, 75, 112, 101, 138, 175,
        ]
      ),
    ])
  func bytes(width: Int, height: Int, expected: [UInt8]) {
    let resized = image.resizedLikePillow(width: width, height: height)
    #expect(resized.pixels == expected)
  }

  @Test("leaves an image of the same size alone")
  func same() {
    #expect(image.resizedLikePillow(width: 5, height: 4) == image)
  }

  @Test("keeps one colour", arguments: [(1, 1), (3, 50), (240, 7)])
  func plain(width: Int, height: Int) {
    let plain = PixelImage(width: 30, height: 20, fill: [255, 0, 127])
    let resized = plain.resizedLikePillow(width: width, height: height)
    #expect(resized == PixelImage(width: width, height: height, fill: [255, 0, 127]))
  }
}
