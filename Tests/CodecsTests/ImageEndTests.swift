internal import Codecs
internal import Testing

private func checkEnd(_ bytes: [UInt8], _ format: ImageHeader.Format) throws {
  try bytes.withUnsafeBytes { try ImageExaminer.checkEnd(of: $0, format: format) }
}

@Suite("Ends of images")
struct ImageEndTests {
  private let jpeg = gradient(width: 64, height: 48).jpeg(quality: 95)
  private let png = gradient(width: 64, height: 48).png()

  @Test("whole files pass, and their last bytes alone tell")
  func whole() throws {
    try checkEnd(jpeg, .jpeg)
    try checkEnd(png, .png)
    #expect(ImageExaminer.isEnd(jpeg.suffix(8), format: .jpeg))
    #expect(ImageExaminer.isEnd(png.suffix(8), format: .png))
    #expect(!ImageExaminer.isEnd(jpeg.dropLast(), format: .jpeg))
    #expect(!ImageExaminer.isEnd(png.dropLast(), format: .png))
    #expect(!ImageExaminer.isEnd([0xD9], format: .jpeg))
    #expect(!ImageExaminer.isEnd([], format: .png))
  }

  @Test("a JPEG cut at any place is truncated")
  func cutJPEG() {
    for count in 2..<jpeg.count {
      let error = #expect(throws: ImageError.self) {
        try checkEnd(Array(jpeg.prefix(count)), .jpeg)
      }
      #expect(error?.reason == .truncated)
    }
  }

  @Test("a PNG cut before its IEND chunk is truncated")
  func cutPNG() {
    for count in 8..<png.count - 12 {
      let error = #expect(throws: ImageError.self) { try checkEnd(Array(png.prefix(count)), .png) }
      #expect(error?.reason == .truncated)
    }
  }

  @Test("the message says what was expected in how many bytes")
  func message() {
    let error = #expect(throws: ImageError.self) { try checkEnd(Array(jpeg.prefix(700)), .jpeg) }
    #expect(
      error?.description
        == "expected an end-of-image marker, found none in 700 bytes; the file is truncated")
    let other = #expect(throws: ImageError.self) { try checkEnd(Array(png.prefix(50)), .png) }
    #expect(
      other?.description == "expected an IEND chunk, found none in 50 bytes; the file is truncated")
  }

  @Test("the end of a thumbnail inside an APP1 segment does not hide that the image is cut")
  func thumbnail() throws {
    let thumbnail = gradient(width: 8, height: 8).jpeg(quality: 50)
    let bytes = jpeg.inserting(segment: 0xE1, Array("Exif\0\0".utf8) + thumbnail)
    try checkEnd(bytes, .jpeg)
    #expect(throws: ImageError.self) { try checkEnd(Array(bytes.dropLast(2)), .jpeg) }
  }

  @Test("bytes after the end are accepted, as cameras append them")
  func trailing() throws {
    try checkEnd(jpeg + noise(500), .jpeg)
    try checkEnd(png + noise(500), .png)
  }

  @Test("fill bytes before a marker and restart markers are no end")
  func markers() throws {
    // SOI, a scan with stuffing, a restart marker and fill bytes.
    let scan: [UInt8] = [0xFF, 0xD8, 0xFF, 0xDA, 0, 2, 1, 0xFF, 0, 2, 0xFF, 0xD3, 3, 0xFF, 0xFF]
    try checkEnd(scan + [0xD9], .jpeg)
    #expect(throws: ImageError.self) { try checkEnd(scan, .jpeg) }
    #expect(throws: ImageError.self) { try checkEnd(scan + [0, 0xD9], .jpeg) }
  }
}
