import Codecs
import Testing

@Suite("Pixel limit")
struct PixelLimitTests {
  /// The start of a PNG file of any size: 8-bit RGB.
  private static func png(_ width: UInt32, _ height: UInt32) -> [UInt8] {
    func chunk(_ type: String, _ data: [UInt8]) -> [UInt8] {
      let content = Array(type.utf8) + data
      return bytes(UInt32(data.count)) + content + bytes(checksum(content))
    }
    func bytes(_ number: UInt32) -> [UInt8] { (0..<4).map { UInt8(number >> (24 - 8 * $0) & 255) } }
    func checksum(_ bytes: [UInt8]) -> UInt32 {
      ~bytes.reduce(UInt32.max) { sum, byte in
        (0..<8).reduce(sum ^ UInt32(byte)) { value, _ in
          value & 1 == 1 ? value >> 1 ^ 0xEDB8_8320 : value >> 1
        }
      }
    }
    return [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
      + chunk("IHDR", bytes(width) + bytes(height) + [8, 2, 0, 0, 0])
      + chunk("IDAT", [0x78, 0x9C, 0x03, 0, 0, 0, 0, 1]) + chunk("IEND", [])
  }

  @Test(
    "an image of too many pixels is refused by its header, whatever its format can say",
    arguments: [(60_000, 60_000), (1_000_000, 1_000_000), (15_812, 15_812), (1_000_000, 251)])
  func refused(width: UInt32, height: UInt32) {
    let file = Self.png(width, height)
    let reasons = file.withUnsafeBytes { bytes in
      [
        reason { _ = try ImageExaminer().header(bytes, isWhole: true) },
        reason { _ = try ImageDecoder().image(bytes) },
        reason { _ = try PixelImage(decoding: bytes) },
      ]
    }
    for found in reasons {
      #expect(found?.reason == .tooManyPixels)
      #expect(
        found?.description == "expected at most 250000000 pixels, found \(width) x \(height)")
    }
  }

  private func reason(_ body: () throws -> Void) -> ImageError? {
    do {
      try body()
      return nil
    } catch {
      return error as? ImageError
    }
  }

  @Test("the limit is the caller's, and a side has one of its own")
  func limits() throws {
    let file = PixelImage(width: 30, height: 20).png()
    func decoded(limit pixels: Int) throws -> PixelImage {
      try file.withUnsafeBytes { bytes in
        try PixelImage(decoding: bytes, limit: PixelLimit(pixels: pixels))
      }
    }
    #expect(try decoded(limit: 600).width == 30)
    let found = #expect(throws: ImageError.self) { try decoded(limit: 599) }
    #expect(found?.description == "expected at most 599 pixels, found 30 x 20")
    #expect(throws: ImageError.self) {
      try PixelLimit.standard.check(width: (1 << 20) + 1, height: 1)
    }
    try PixelLimit.standard.check(width: 1 << 20, height: 1)
  }
}
