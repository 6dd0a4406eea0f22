internal import Codecs
internal import Testing

private func header(_ bytes: [UInt8], isWhole: Bool = true) throws -> ImageHeader? {
  try bytes.withUnsafeBytes { try ImageExaminer().header($0, isWhole: isWhole) }
}

@Suite("Image headers")
struct ImageHeaderTests {
  private let jpeg = gradient(width: 37, height: 23).jpeg(quality: 90)
  private let png = gradient(width: 37, height: 23).png()

  @Test("a JPEG's and a PNG's size are read without decoding")
  func sizes() throws {
    let found = try #require(try header(jpeg))
    #expect(found.format == .jpeg)
    #expect([found.width, found.height] == [37, 23])
    #expect(found.orientation == nil)
    let other = try #require(try header(png))
    #expect(other.format == .png)
    #expect([other.width, other.height] == [37, 23])
    #expect(other.orientation == nil)
  }

  @Test("where the header goes on past the bytes, more are asked for")
  func partial() throws {
    #expect(try header(Array(jpeg.prefix(100)), isWhole: false) == nil)
    #expect(try header(Array(png.prefix(20)), isWhole: false) == nil)
  }

  @Test("a whole file whose header is cut is unreadable")
  func cutHeader() {
    for bytes in [Array(jpeg.prefix(100)), Array(png.prefix(20))] {
      let error = #expect(throws: ImageError.self) { try header(bytes) }
      #expect(error?.reason == .unreadable)
    }
  }

  @Test("an empty file is told from one that is no image, whose first bytes are named")
  func noImage() {
    let empty = #expect(throws: ImageError.self) { try header([]) }
    #expect(empty?.reason == .empty)
    let text = #expect(throws: ImageError.self) { try header(Array("GIF8".utf8) + [0, 1]) }
    #expect(text?.reason == .notAnImage)
    #expect(
      text?.description
        == "expected a JPEG, PNG, WebP or BMP image, found a file that starts with bytes 47 49 46 38"
    )
    let short = #expect(throws: ImageError.self) { try header([0x0A]) }
    #expect(short?.description.hasSuffix("starts with bytes 0a") == true)
  }

  @Test("one examiner goes on after a broken file")
  func reuse() throws {
    let examiner = ImageExaminer()
    for _ in 0..<3 {
      #expect(throws: ImageError.self) {
        try jpeg.prefix(50).withUnsafeBytes { try examiner.header($0, isWhole: true) }
      }
      #expect(try jpeg.withUnsafeBytes { try examiner.header($0, isWhole: true)?.width } == 37)
    }
  }
}

/// An APP1 payload whose only tag is the orientation.
private func exif(orientation: UInt16, bigEndian: Bool, tag: UInt16 = 0x0112) -> [UInt8] {
  func two(_ value: UInt16) -> [UInt8] {
    let pair = [UInt8(value >> 8), UInt8(value & 255)]
    return bigEndian ? pair : pair.reversed()
  }
  func four(_ value: UInt16) -> [UInt8] {
    bigEndian ? two(0) + two(value) : two(value) + two(0)
  }
  let mark = Array((bigEndian ? "MM" : "II").utf8)
  let tiff = mark + two(42) + four(8)
  // A tag before it, then the orientation: SHORT (type 3), one of it, left-aligned in four bytes.
  let entries =
    two(2) + two(0x0100) + two(4) + four(1) + four(37) + two(tag) + two(3) + four(1)
    + two(orientation) + two(0)
  return Array("Exif\0\0".utf8) + tiff + entries + four(0)
}

@Suite("EXIF orientation")
struct OrientationTests {
  private let jpeg = gradient(width: 37, height: 23).jpeg(quality: 90)

  @Test(
    "all eight values are read in both byte orders, and the size stays as stored",
    arguments: 1...8, [false, true])
  func orientation(value: Int, bigEndian: Bool) throws {
    let payload = exif(orientation: UInt16(value), bigEndian: bigEndian)
    let found = try #require(try header(jpeg.inserting(segment: 0xE1, payload)))
    #expect(found.orientation == value)
    #expect([found.width, found.height] == [37, 23])
  }

  @Test("values that EXIF does not know count as none", arguments: [0, 9, 256, 65535])
  func unknown(value: Int) throws {
    for bigEndian in [false, true] {
      let payload = exif(orientation: UInt16(value), bigEndian: bigEndian)
      let found = try #require(try header(jpeg.inserting(segment: 0xE1, payload)))
      #expect(found.orientation == nil)
    }
  }

  @Test("an EXIF block without the tag, or an APP1 segment of another kind, says nothing")
  func absent() throws {
    let other = exif(orientation: 6, bigEndian: true, tag: 0x0113)
    #expect(try header(jpeg.inserting(segment: 0xE1, other))?.orientation == nil)
    let xmp = Array("http://ns.adobe.com/xap/1.0/\0<x/>".utf8)
    #expect(try header(jpeg.inserting(segment: 0xE1, xmp))?.orientation == nil)
    // The XMP segment stands before the EXIF one and must not end the search.
    let both = jpeg.inserting(segment: 0xE1, exif(orientation: 8, bigEndian: false))
      .inserting(segment: 0xE1, xmp)
    #expect(try header(both)?.orientation == 8)
  }

  @Test("a PNG's tags are read before its pixels, with a JPEG's signature or without")
  func png() throws {
    let file = gradient(width: 37, height: 23).png()
    let payload = exif(orientation: 6, bigEndian: false)
    for tags in [payload, Array(payload.dropFirst(6))] {
      // A chunk's length, type and data; what its CRC is, nobody asks. The header's own chunk ends at 33.
      let chunk = [0, 0, 0, UInt8(tags.count)] + Array("eXIf".utf8) + tags + [0, 0, 0, 0]
      let tagged = Array(file[..<33]) + chunk + Array(file[33...])
      #expect(try header(tagged)?.orientation == 6)
      let late = Array(file.dropLast(12)) + chunk + Array(file.suffix(12))
      #expect(try header(late)?.orientation == nil)
      for count in 33..<tagged.count {
        let cut = Array(tagged.prefix(count))
        let found = try header(cut, isWhole: false)
        #expect(found == nil || found?.orientation == 6)
      }
    }
  }

  @Test("a block cut at any place, or with an offset beyond it, is read without harm")
  func damaged() throws {
    let payload = exif(orientation: 6, bigEndian: true)
    // The value ends 6 bytes before the block: two of padding and the next directory's offset.
    for count in 0..<payload.count - 6 {
      let cut = Array(payload.prefix(count))
      #expect(try header(jpeg.inserting(segment: 0xE1, cut))?.orientation == nil)
    }
    var far = payload
    far.replaceSubrange(10..<14, with: [0xFF, 0xFF, 0xFF, 0xFF])
    #expect(try header(jpeg.inserting(segment: 0xE1, far))?.orientation == nil)
  }
}

@Suite("EXIF focal length")
struct EquivalentFocalLengthTests {
  /// An APP1 payload with a directory of details: 35-mm focal length and the size of the photograph.
  private func exif(
    focal: UInt16, width: UInt16, height: UInt16, isLong: Bool, bigEndian: Bool
  ) -> [UInt8] {
    func two(_ value: UInt16) -> [UInt8] {
      let pair = [UInt8(value >> 8), UInt8(value & 255)]
      return bigEndian ? pair : pair.reversed()
    }
    func four(_ value: UInt16) -> [UInt8] {
      bigEndian ? two(0) + two(value) : two(value) + two(0)
    }
    func entry(_ tag: UInt16, _ value: UInt16, long: Bool) -> [UInt8] {
      two(tag) + two(long ? 4 : 3) + four(1) + (long ? four(value) : two(value) + two(0))
    }
    let mark = Array((bigEndian ? "MM" : "II").utf8)
    // The first directory, of orientation and pointer, takes 2 + 24 + 4 bytes from byte 8 on.
    let first = two(2) + entry(0x0112, 6, long: false) + entry(0x8769, 38, long: true) + four(0)
    let second =
      two(3) + entry(0xA002, width, long: isLong) + entry(0xA003, height, long: isLong)
      + entry(0xA405, focal, long: false) + four(0)
    return Array("Exif\0\0".utf8) + mark + two(42) + four(8) + first + second
  }

  private let jpeg = gradient(width: 40, height: 24).jpeg(quality: 90)

  private func focalLength(
    _ focal: UInt16, _ width: UInt16, _ height: UInt16, isLong: Bool = true, bigEndian: Bool = true
  ) throws -> Double? {
    let payload = exif(
      focal: focal, width: width, height: height, isLong: isLong, bigEndian: bigEndian)
    let found = try #require(try header(jpeg.inserting(segment: 0xE1, payload)))
    #expect(found.orientation == 6)
    return found.equivalentFocalLength
  }

  @Test("is read of whole photographs, also scaled or turned ones", arguments: [false, true])
  func whole(bigEndian: Bool) throws {
    for isLong in [false, true] {
      #expect(try focalLength(28, 40, 24, isLong: isLong, bigEndian: bigEndian) == 28)
      #expect(try focalLength(28, 4000, 2400, isLong: isLong, bigEndian: bigEndian) == 28)
      #expect(try focalLength(28, 2400, 4000, isLong: isLong, bigEndian: bigEndian) == 28)
      // Rounded to whole pixels when it was scaled.
      #expect(try focalLength(28, 4032, 2448, isLong: isLong, bigEndian: bigEndian) == 28)
    }
  }

  @Test("is not believed of cropped ones, nor where it is unknown")
  func cropped() throws {
    #expect(try focalLength(28, 4000, 3000) == nil)
    #expect(try focalLength(28, 40, 40) == nil)
    #expect(try focalLength(0, 40, 24) == nil)
    #expect(try focalLength(20_000, 40, 24) == nil)
    #expect(try focalLength(28, 0, 24) == nil)
    #expect(try header(jpeg)?.equivalentFocalLength == nil)
  }

  @Test("a block cut at any place is read without harm")
  func damaged() throws {
    let payload = exif(focal: 28, width: 40, height: 24, isLong: true, bigEndian: false)
    for count in 0..<payload.count - 6 {
      let cut = Array(payload.prefix(count))
      #expect(try header(jpeg.inserting(segment: 0xE1, cut))?.equivalentFocalLength == nil)
    }
    var looped = payload
    // The pointer leads back to the first directory.
    looped[6 + 8 + 2 + 12 + 8] = 8
    #expect(try header(jpeg.inserting(segment: 0xE1, looped))?.equivalentFocalLength == nil)
  }
}
