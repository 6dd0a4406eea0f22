import Codecs
import TestSupport
import Testing

@Suite("Cutting images without loss")
struct ImageCropperTests {
  /// Noise in colour, so that no block is like another.
  private static func noise(_ width: Int, _ height: Int) -> PixelImage {
    var random = SeededRandom(seed: 4)
    var image = PixelImage(width: width, height: height)
    for i in 0..<width * height * 3 { image.pixels[i] = UInt8(random.next() & 0xFF) }
    return image
  }

  @Test(
    "a piece's pixels are the image's", arguments: [ImageHeader.Format.jpeg, .png],
    [(0..<40, 0..<30), (50..<121, 37..<99), (150..<200, 120..<150), (-20..<20, 140..<400)])
  func pixels(format: ImageHeader.Format, place: (columns: Range<Int>, rows: Range<Int>)) throws {
    let whole = Self.noise(200, 150)
    let file = format == .jpeg ? whole.jpeg(quality: 90) : whole.png()
    let expected = try file.withUnsafeBytes { try PixelImage(decoding: $0) }
    let piece = try file.withUnsafeBytes {
      try ImageCropper().piece(of: $0, format: format, columns: place.columns, rows: place.rows)
    }
    let found = try piece.file.withUnsafeBytes { try PixelImage(decoding: $0) }
    let columns = place.columns.clamped(to: 0..<200)
    let rows = place.rows.clamped(to: 0..<150)
    #expect(piece.left <= columns.lowerBound && piece.top <= rows.lowerBound)
    #expect(piece.left + found.width >= columns.upperBound)
    #expect(piece.top + found.height >= rows.upperBound)
    var different = 0
    for y in rows {
      for x in columns {
        for channel in 0..<3 {
          let there = 3 * ((y - piece.top) * found.width + x - piece.left) + channel
          let here = 3 * (y * 200 + x) + channel
          if found.pixels[there] != expected.pixels[here] { different += 1 }
        }
      }
    }
    #expect(different == 0)
  }

  @Test("pixels beside the image, and bytes that are none, are errors")
  func refusals() {
    let file = Self.noise(64, 64).jpeg(quality: 80)
    let cropper = ImageCropper()
    #expect(throws: ImageError.self) {
      try file.withUnsafeBytes {
        try cropper.piece(of: $0, format: .jpeg, columns: 64..<80, rows: 0..<10)
      }
    }
    #expect(throws: ImageError.self) {
      try [UInt8](repeating: 7, count: 200).withUnsafeBytes {
        try cropper.piece(of: $0, format: .jpeg, columns: 0..<10, rows: 0..<10)
      }
    }
  }
}
