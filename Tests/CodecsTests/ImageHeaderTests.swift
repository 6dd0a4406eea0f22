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
