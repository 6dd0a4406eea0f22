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
