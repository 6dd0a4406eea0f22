import Codecs
import Foundation
import TestSupport
import Testing

@Suite("Copies of images")
struct ImageCopyTests {
  /// Files of an image each, with so many bytes behind it.
  private func withImage<Result>(
    padding: Int, _ body: (ImageStore, String, [UInt8]) throws -> Result
  ) throws -> Result {
    try withTemporaryDirectory { folder in
      let image = PixelImage(width: 9, height: 7, fill: [1, 2, 3]).jpeg(quality: 80)
      // Application segments before the end, so that the file stays a whole JPEG.
      let segment: [UInt8] = [0xFF, 0xEF, 0x80, 0x02] + Array(repeating: 7, count: 0x8000)
      let bytes =
        Array(image.prefix(2)) + (0..<padding).flatMap { _ in segment } + image.dropFirst(2)
      try Data(bytes).write(to: URL(fileURLWithPath: folder + "/a.jpg"))
      return try body(ImageStore(path: folder, maximumBytes: 1 << 30), folder, bytes)
    }
  }

  @Test("have the same bytes and are files of their own", arguments: [0, 40])
  func copies(padding: Int) throws {
    try withImage(padding: padding) { store, folder, bytes in
      let image = try store.open("a.jpg", with: ImageHeaderReader())
      // What is there is replaced, also where it is longer.
      try Data(repeating: 5, count: bytes.count + 99).write(
        to: URL(fileURLWithPath: folder + "/b.jpg"))
      try image.copy(to: folder + "/b.jpg")
      let copy = URL(fileURLWithPath: folder + "/b.jpg")
      #expect(try Data(contentsOf: copy) == Data(bytes))
      try Data([0]).write(to: copy)
      #expect(try Data(contentsOf: URL(fileURLWithPath: folder + "/a.jpg")) == Data(bytes))
    }
  }

  @Test("images in memory are written")
  func memory() throws {
    try withTemporaryDirectory { folder in
      let bytes = PixelImage(width: 4, height: 4).png()
      let image = try StoredImage(bytes: bytes, with: ImageHeaderReader())
      try image.copy(to: folder + "/c.png")
      #expect(try Data(contentsOf: URL(fileURLWithPath: folder + "/c.png")) == Data(bytes))
    }
  }

  @Test("an image that became shorter is an error, and so is a folder that is not there")
  func faults() throws {
    try withImage(padding: 40) { store, folder, bytes in
      let image = try store.open("a.jpg", with: ImageHeaderReader())
      #expect(throws: FileError.self) { try image.copy(to: folder + "/none/b.jpg") }
      let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: folder + "/a.jpg"))
      try handle.truncate(atOffset: 1000)
      try handle.close()
      let error = #expect(throws: FileError.self) { try image.copy(to: folder + "/b.jpg") }
      #expect(error?.description.contains("became shorter") == true)
    }
  }
}
