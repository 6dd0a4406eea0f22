internal import Codecs
internal import Testing

@Suite("EXIF orientations")
struct ImageOrientationTests {
  /// Two rows of three pixels, whose red counts them.
  private let stored: PixelImage = {
    var image = PixelImage(width: 3, height: 2)
    for i in 0..<6 { image.pixels[3 * i] = UInt8(i) }
    return image
  }()

  /// What EXIF says of row 0 and column 0: at which sides they are seen.
  private static let seen: [(exif: Int, reds: [[UInt8]])] = [
    (1, [[0, 1, 2], [3, 4, 5]]),  // top, left
    (2, [[2, 1, 0], [5, 4, 3]]),  // top, right
    (3, [[5, 4, 3], [2, 1, 0]]),  // bottom, right
    (4, [[3, 4, 5], [0, 1, 2]]),  // bottom, left
    (5, [[0, 3], [1, 4], [2, 5]]),  // left, top
    (6, [[3, 0], [4, 1], [5, 2]]),  // right, top
    (7, [[5, 2], [4, 1], [3, 0]]),  // right, bottom
    (8, [[2, 5], [1, 4], [0, 3]]),  // left, bottom
  ]

  @Test("turn the stored pixels upright, and points back among them", arguments: seen)
  func turned(exif: Int, reds: [[UInt8]]) {
    let orientation = ImageOrientation(exif: exif)
    let upright = orientation.upright(stored)
    #expect([upright.width, upright.height] == [reds[0].count, reds.count])
    for (y, row) in reds.enumerated() {
      for (x, red) in row.enumerated() {
        #expect(upright.pixels[3 * (y * upright.width + x)] == red)
        let centre = orientation.storedPoint([Double(x), Double(y)], extent: [2, 1])
        #expect(centre == [Double(red % 3), Double(red / 3)])
        let edge = orientation.storedPoint([Double(x) + 0.5, Double(y) + 0.5], extent: [3, 2])
        #expect(edge == centre + 0.5)
      }
    }
    #expect(orientation.isMirrored == [2, 4, 5, 7].contains(exif))
    #expect(orientation.isUpright == (exif == 1))
  }

  @Test("without a tag, or with none of the eight, an image is upright", arguments: [nil, 0, 9])
  func upright(exif: Int?) {
    #expect(ImageOrientation(exif: exif).isUpright)
  }
}
