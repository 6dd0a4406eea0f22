internal import Codecs
internal import TestSupport
internal import Testing

/// Pixels of two columns and three rows, red, green and blue.
private let pixels: [UInt8] = [
  10, 20, 30, 200, 100, 50,
  0, 255, 7, 90, 91, 92,
  1, 2, 3, 4, 5, 6,
]

/// The same as WebP without loss, as Pillow wrote it.
private let webp: [UInt8] = [
  82, 73, 70, 70, 76, 0, 0, 0, 87, 69, 66, 80, 86, 80, 56, 76, 64, 0, 0, 0, 47, 1, 128, 0, 0, 47,
  160, 166, 145, 20, 232, 62, 104, 177, 134, 127, 35, 84, 248, 80, 208, 182, 13, 211, 59, 254, 26,
  160, 81, 155, 130, 182, 109, 152, 158, 65, 184, 24, 198, 159, 223, 230, 63, 68, 255, 15, 157, 55,
  179, 246, 210, 237, 129, 64, 32, 13, 169, 228, 50, 193, 17, 253, 143, 6,
]

private func word<Number: FixedWidthInteger>(_ value: Number) -> [UInt8] { value.littleEndianBytes }

/// A bitmap of the pixels' size.
///
/// - Parameters:
///   - palette: four bytes a colour.
///   - masks: for compression 3.
private func bitmap(
  bits: Int, rows: [[UInt8]], height: Int32 = 3, palette: [UInt8] = [], masks: [UInt32] = []
) -> [UInt8] {
  let data = rows.flatMap { $0 + [UInt8](repeating: 0, count: (4 - $0.count % 4) % 4) }
  let extra = palette + masks.flatMap { word($0) }
  var bytes = Array("BM".utf8) + word(UInt32(54 + extra.count + data.count))
  bytes += word(UInt32(0)) + word(UInt32(54 + extra.count))
  bytes += word(UInt32(40)) + word(Int32(2)) + word(height) + word(UInt16(1))
  bytes += word(UInt16(bits)) + word(UInt32(masks.isEmpty ? 0 : 3)) + word(UInt32(data.count))
  bytes += word(Int32(0)) + word(Int32(0)) + word(UInt32(palette.count / 4)) + word(UInt32(0))
  return bytes + extra + data
}

private func decoded(_ bytes: [UInt8]) throws -> [UInt8] {
  try bytes.withUnsafeBytes { try ImageDecoder().image($0).image.pixels }
}

/// Row `y` from the top with the channels in another order.
private func row(_ y: Int, _ order: [Int]) -> [UInt8] {
  (0..<2).flatMap { x in order.map { $0 < 0 ? 77 : pixels[6 * y + 3 * x + $0] } }
}

@Suite("WebP and BMP")
struct BitmapTests {
  private static let plain = bitmap(bits: 24, rows: (0..<3).reversed().map { row($0, [2, 1, 0]) })

  @Test("rows from the bottom or the top, of 24 or 32 bits, with masks or without, give the pixels")
  func trueColour() throws {
    let down = bitmap(bits: 24, rows: (0..<3).map { row($0, [2, 1, 0]) }, height: -3)
    let wide = bitmap(bits: 32, rows: (0..<3).reversed().map { row($0, [2, 1, 0, -1]) })
    let masked = bitmap(
      bits: 32, rows: (0..<3).reversed().map { row($0, [-1, 0, 1, 2]) },
      masks: [0xFF00, 0xFF_0000, 0xFF00_0000])
    for bytes in [Self.plain, down, wide, masked] { #expect(try decoded(bytes) == pixels) }
  }

  @Test("16 bits have five of each colour, stretched to 255")
  func sixteen() throws {
    let rows = [[0x7C00, 0x3E0], [0x1F, 0x7FFF], [0, 0x4210]].map {
      $0.flatMap { word(UInt16($0)) }
    }
    let expected: [UInt8] = [
      255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255, 0, 0, 0, 131, 131, 131,
    ]
    #expect(try decoded(bitmap(bits: 16, rows: rows, height: -3)) == expected)
  }

  @Test("1, 4 and 8 bits count the colours of a palette, and one beyond them is black")
  func palettes() throws {
    let palette: [UInt8] = [3, 2, 1, 0, 6, 5, 4, 0]
    let expected: [UInt8] = [1, 2, 3, 4, 5, 6, 4, 5, 6, 1, 2, 3, 1, 2, 3, 1, 2, 3]
    let one = bitmap(bits: 1, rows: [[0x40], [0x80], [0]], height: -3, palette: palette)
    let four = bitmap(bits: 4, rows: [[0x01], [0x10], [0]], height: -3, palette: palette)
    let eight = bitmap(bits: 8, rows: [[0, 1], [1, 0], [0, 0]], height: -3, palette: palette)
    for bytes in [one, four, eight] { #expect(try decoded(bytes) == expected) }
    let beyond = bitmap(bits: 8, rows: [[9, 1], [1, 0], [0, 0]], height: -3, palette: palette)
    #expect(try decoded(beyond).prefix(3) == [0, 0, 0])
  }

  @Test("WebP without loss gives the pixels")
  func webpPixels() throws { #expect(try decoded(webp) == pixels) }

  @Test("headers give the size, ask for more bytes, and cut files are truncated")
  func headers() throws {
    for (bytes, format) in [(Self.plain, ImageHeader.Format.bmp), (webp, .webp)] {
      let image = try StoredImage(bytes: bytes, with: ImageHeaderReader())
      #expect(image.header.format == format && image.header.orientation == nil)
      #expect([image.header.width, image.header.height] == [2, 3])
      let start = try bytes.prefix(18).withUnsafeBytes {
        try ImageExaminer().header($0, isWhole: false)
      }
      #expect(start == nil)
      #expect(throws: ImageError.self) {
        try StoredImage(bytes: Array(bytes.dropLast()), with: ImageHeaderReader())
      }
      #expect(FileSignature(head: bytes) == .image)
    }
    #expect(
      FileSignature(head: Array("BMW is a make of cars, as everybody knows\n".utf8)) != .image)
  }

  @Test("a compressed bitmap and an animation are refused with what they are")
  func refused() throws {
    var packed = Self.plain
    packed[30] = 1
    let error = #expect(throws: ImageError.self) { try decoded(packed) }
    #expect(error?.description.contains("compression 1") == true)
    // An extended header with the animation's flag, 2 x 3 pixels.
    let animation =
      Array("RIFF".utf8) + word(UInt32(22)) + Array("WEBPVP8X".utf8) + word(UInt32(10))
      + [2, 0, 0, 0, 1, 0, 0, 2, 0, 0]
    let other = #expect(throws: ImageError.self) { try decoded(animation) }
    #expect(other?.description == "expected one picture, found an animation")
  }

  @Test("a WebP file's tags are read behind its pixels, for which all of it is asked for")
  func webpTags() throws {
    // Little-endian, with one tag: the orientation, a SHORT.
    let tags: [UInt8] =
      Array("II".utf8) + [
        42, 0, 8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0, 0,
      ]
    func header(_ bytes: [UInt8], isWhole: Bool = true) throws -> ImageHeader? {
      try bytes.withUnsafeBytes { try ImageExaminer().header($0, isWhole: isWhole) }
    }
    let size = try #require(try header(webp))
    for signature in [[], Array("Exif\0\0".utf8)] {
      let data = signature + tags
      let chunks =
        Array("VP8X".utf8) + word(UInt32(10))
        + [8, 0, 0, 0, UInt8(size.width - 1), 0, 0, UInt8(size.height - 1), 0, 0]
        + Array(webp[12...]) + Array("EXIF".utf8) + word(UInt32(data.count)) + data
      let file = Array("RIFF".utf8) + word(UInt32(chunks.count + 4)) + Array("WEBP".utf8) + chunks
      #expect(try header(file)?.orientation == 6)
      #expect(try header(file.dropLast(), isWhole: false) == nil)
      #expect(try header(file.dropLast())?.orientation == nil)
    }
  }

  @Test("10,000 damaged files are decoded or refused, and none harms")
  func damaged() {
    var random = SeededRandom(seed: 8)
    var refused = 0
    for round in 0..<10_000 {
      var bytes = round % 2 == 0 ? Self.plain : webp
      for _ in 0..<3 {
        bytes[2 + random.below(bytes.count - 2)] = UInt8(truncatingIfNeeded: random.next())
      }
      if round % 5 == 0 { bytes.removeLast(random.below(bytes.count)) }
      do {
        _ = try bytes.withUnsafeBytes {
          try ImageDecoder(limit: PixelLimit(pixels: 1 << 16)).image($0)
        }
      } catch {
        refused += 1
      }
    }
    #expect((1000..<10_000).contains(refused), "\(refused)")
  }
}
