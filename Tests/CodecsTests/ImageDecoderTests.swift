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

  /// PNG files of one row that libpng's simplified interface shows otherwise, and the pixels that OpenCV and Pillow show.
  private static let storedPixels: [(name: String, file: [UInt8], pixels: [UInt8])] = [
    (
      "sixteenBits",
      [
        0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0x00, 0x00, 0x00, 0x0D, 0x49, 0x48, 0x44,
        0x52, 0x00, 0x00, 0x00, 0x02, 0x00, 0x00, 0x00, 0x01, 0x10, 0x02, 0x00, 0x00, 0x00, 0x2B,
        0xD0, 0x34, 0x9E, 0x00, 0x00, 0x00, 0x15, 0x49, 0x44, 0x41, 0x54, 0x78, 0xDA, 0x63, 0x68,
        0xF8, 0xEF, 0xC0, 0xC0, 0xC8, 0xF4, 0xFF, 0x3F, 0x03, 0x43, 0x7D, 0x03, 0x00, 0x20, 0x0B,
        0x04, 0xC0, 0x39, 0x03, 0x42, 0xC5, 0x00, 0x00, 0x00, 0x00, 0x49, 0x45, 0x4E, 0x44, 0xAE,
        0x42, 0x60, 0x82,
      ], [128, 64, 1, 255, 0, 127]
    ),
    (
      "transparent",
      [
        0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0x00, 0x00, 0x00, 0x0D, 0x49, 0x48, 0x44,
        0x52, 0x00, 0x00, 0x00, 0x02, 0x00, 0x00, 0x00, 0x01, 0x08, 0x06, 0x00, 0x00, 0x00, 0xF4,
        0x22, 0x7F, 0x8A, 0x00, 0x00, 0x00, 0x11, 0x49, 0x44, 0x41, 0x54, 0x78, 0xDA, 0x63, 0x38,
        0x91, 0x62, 0xC4, 0xC0, 0x25, 0x22, 0xD7, 0x00, 0x00, 0x0B, 0x51, 0x02, 0x1B, 0x23, 0xEB,
        0xBB, 0xF2, 0x00, 0x00, 0x00, 0x00, 0x49, 0x45, 0x4E, 0x44, 0xAE, 0x42, 0x60, 0x82,
      ], [200, 100, 50, 10, 20, 30]
    ),
    (
      "linear",
      [
        0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0x00, 0x00, 0x00, 0x0D, 0x49, 0x48, 0x44,
        0x52, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x01, 0x08, 0x02, 0x00, 0x00, 0x00, 0x90,
        0x77, 0x53, 0xDE, 0x00, 0x00, 0x00, 0x04, 0x67, 0x41, 0x4D, 0x41, 0x00, 0x01, 0x86, 0xA0,
        0x31, 0xE8, 0x96, 0x5F, 0x00, 0x00, 0x00, 0x0C, 0x49, 0x44, 0x41, 0x54, 0x78, 0xDA, 0x63,
        0x48, 0x99, 0x76, 0x02, 0x00, 0x03, 0x24, 0x01, 0xC3, 0x1E, 0xA8, 0xB7, 0x0F, 0x00, 0x00,
        0x00, 0x00, 0x49, 0x45, 0x4E, 0x44, 0xAE, 0x42, 0x60, 0x82,
      ], [100, 150, 200]
    ),
    (
      "palette",
      [
        0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0x00, 0x00, 0x00, 0x0D, 0x49, 0x48, 0x44,
        0x52, 0x00, 0x00, 0x00, 0x02, 0x00, 0x00, 0x00, 0x01, 0x08, 0x03, 0x00, 0x00, 0x00, 0xC3,
        0xFC, 0x8F, 0xB8, 0x00, 0x00, 0x00, 0x06, 0x50, 0x4C, 0x54, 0x45, 0x09, 0x08, 0x07, 0x3C,
        0x46, 0x50, 0xCF, 0xF6, 0x3E, 0xFC, 0x00, 0x00, 0x00, 0x02, 0x74, 0x52, 0x4E, 0x53, 0xFF,
        0x00, 0xE5, 0xB7, 0x30, 0x4A, 0x00, 0x00, 0x00, 0x0B, 0x49, 0x44, 0x41, 0x54, 0x78, 0xDA,
        0x63, 0x60, 0x64, 0x00, 0x00, 0x00, 0x05, 0x00, 0x02, 0x42, 0xC2, 0x44, 0x9F, 0x00, 0x00,
        0x00, 0x00, 0x49, 0x45, 0x4E, 0x44, 0xAE, 0x42, 0x60, 0x82,
      ], [60, 70, 80, 9, 8, 7]
    ),
  ]

  @Test(
    "a PNG shows its stored colours, without transparency and gamma, and the upper half of 16 bits")
  func storedColours() throws {
    for (name, file, pixels) in Self.storedPixels {
      let found = try file.withUnsafeBytes { try decoder.image($0).image }
      #expect(found.pixels == pixels, "\(name)")
    }
  }

  @Test("a PNG that is cut or damaged is no image")
  func damagedPNG() {
    let file = PixelImage(width: 64, height: 40, fill: [9, 8, 7]).png()
    var damaged = file
    damaged[file.count / 2] ^= 0x55
    for bytes in [Array(file.dropLast(20)), damaged] {
      #expect(throws: ImageError.self) {
        try bytes.withUnsafeBytes { try decoder.image($0) }
      }
    }
  }
}

@Suite("Decoding a part of an image")
struct ImagePartTests {
  private let decoder = ImageDecoder()

  /// Edges and noise, of which each block of the file has its own.
  private let picture: PixelImage = {
    var image = PixelImage(width: 157, height: 123)
    var random: UInt32 = 1
    for i in image.pixels.indices {
      random = random &* 1_664_525 &+ 1_013_904_223
      image.pixels[i] = UInt8(truncatingIfNeeded: (i / 9) &* 7) / 2 &+ UInt8(random >> 25)
    }
    return image
  }()

  @Test(
    "the pixels are those of the whole image, at its rims and at the file's blocks",
    arguments: [
      (0..<157, 0..<123), (0..<1, 0..<1), (156..<157, 122..<123), (15..<17, 15..<17),
      (16..<32, 16..<32), (40..<100, 33..<90), (0..<157, 60..<61), (70..<71, 0..<123),
      (31..<157, 64..<123), (-20..<20, 100..<200),
    ])
  func pixels(columns: Range<Int>, rows: Range<Int>) throws {
    for file in [picture.jpeg(quality: 90), picture.jpeg(quality: 20), picture.png()] {
      try file.withUnsafeBytes { bytes in
        let whole = try decoder.image(bytes).image
        let part = try decoder.part(of: bytes, columns: columns, rows: rows)
        #expect(
          part
            == whole.cut(
              columns: columns.clamped(to: 0..<157), rows: rows.clamped(to: 0..<123)))
      }
    }
  }

  @Test("damage above a part's end is an error, and what is below is not looked at")
  func damage() throws {
    var file = picture.jpeg(quality: 90)
    // A marker that belongs nowhere, in the first quarter of the pixels.
    file[file.count / 4] = 0xFF
    file[file.count / 4 + 1] = 0xD3
    #expect(throws: ImageError.self) {
      try file.withUnsafeBytes { try decoder.part(of: $0, columns: 0..<9, rows: 100..<123) }
    }
    let short = Array(picture.jpeg(quality: 90).dropLast(300))
    try short.withUnsafeBytes { bytes in
      #expect(throws: ImageError.self) { try decoder.image(bytes) }
      #expect(throws: ImageError.self) {
        try decoder.part(of: bytes, columns: 0..<9, rows: 0..<123)
      }
      let whole = try picture.jpeg(quality: 90).withUnsafeBytes { try PixelImage(decoding: $0) }
      #expect(
        try decoder.part(of: bytes, columns: 0..<9, rows: 0..<9)
          == whole.cut(columns: 0..<9, rows: 0..<9))
    }
    // The decoder goes on with the next file.
    #expect(
      try picture.png().withUnsafeBytes {
        try decoder.part(of: $0, columns: 3..<5, rows: 2..<4)
      } == picture.cut(columns: 3..<5, rows: 2..<4))
  }

  @Test("a file without tables is an error, also after one that has them")
  func missingTables() throws {
    let whole = picture.jpeg(quality: 90)
    var bare = whole
    while let start = bare.indices.first(where: { bare[$0...].starts(with: [0xFF, 0xDB]) }) {
      bare.removeSubrange(start..<start + 2 + Int(bare[start + 3]))
    }
    try #require(bare.count < whole.count - 100)
    let cropper = ImageCropper()
    for file in [whole, bare] {
      let isWhole = file.count == whole.count
      try file.withUnsafeBytes { bytes in
        let decoded = Result { try decoder.image(bytes).image }
        let part = Result { try decoder.part(of: bytes, columns: 0..<50, rows: 0..<50) }
        let piece = Result {
          try cropper.piece(of: bytes, format: .jpeg, columns: 0..<50, rows: 0..<50)
        }
        #expect([(try? decoded.get()) != nil, (try? part.get()) != nil] == [isWhole, isWhole])
        #expect(((try? piece.get()) != nil) == isWhole)
      }
    }
  }

  @Test("an encoder that was used makes the same file as a new one")
  func encoder() {
    let encoder = JPEGEncoder()
    let small = PixelImage(width: 3, height: 2, fill: [9, 8, 7])
    for image in [small, picture, small] {
      #expect(encoder.jpeg(of: image, quality: 95) == image.jpeg(quality: 95))
      #expect(
        encoder.jpeg(of: image, quality: 70, isExact: true)
          == image.jpeg(quality: 70, isExact: true))
    }
  }
}
