import Codecs
import Foundation

extension FuzzedParser {
  static let images = [
    FuzzedParser("jpeg", .headed(700), seeds: { _ in [picture.jpeg(quality: 70)] }) { _, _ in decode
    },
    FuzzedParser("png", .png, seeds: { _ in [picture.png()] }) { _, _ in decode },
    FuzzedParser("exif", .headed(110), seeds: { _ in [withEXIF] }) { _, _ in
      { input in
        try input.withUnsafeBytes { _ = try ImageExaminer().header($0, isWhole: true) }
        // A beginning alone, as it is read of large files.
        try input.withUnsafeBytes { bytes in
          let start = UnsafeRawBufferPointer(rebasing: bytes.prefix(80))
          _ = try ImageExaminer().header(start, isWhole: false)
        }
      }
    },
    FuzzedParser(
      "signature", .headed(64),
      seeds: { try $0.files(".npy", ".mat", ".tar", ".zip", ".lmdb", ".txt") + [picture.png()] }
    ) { _, _ in
      { input in
        _ = FileSignature(head: input).description
        input.withUnsafeBytes { _ = TextForm.fault(of: $0) }
      }
    },
  ]

  /// Header and pixels; what a file says of its size is believed up to some megabytes. A part is what the whole has there.
  private static let decode: @Sendable ([UInt8]) throws -> Void = { input in
    let limit = PixelLimit(pixels: 1 << 22)
    let decoder = ImageDecoder(limit: limit)
    try input.withUnsafeBytes { bytes in
      guard let header = try ImageExaminer(limit: limit).header(bytes, isWhole: true) else {
        return
      }
      let columns = header.width / 3..<header.width
      let rows = header.height / 4..<header.height / 4 + 1
      let part = Result { try decoder.part(of: bytes, columns: columns, rows: rows) }
      _ = try decoder.image(bytes, longSideAtLeast: 16)
      let whole = try decoder.image(bytes).image
      guard try part.get() == whole.cut(columns: columns, rows: rows) else {
        fatalError("a part of an image differs from the whole")
      }
    }
  }

  private static let picture: PixelImage = {
    var image = PixelImage(width: 40, height: 24)
    for i in image.pixels.indices { image.pixels[i] = UInt8(truncatingIfNeeded: i * i / 7) }
    return image
  }()

  /// A JPEG with the orientation 6 in its EXIF.
  private static let withEXIF: [UInt8] = {
    let directory: [UInt8] = [
      0x49, 0x49, 0x2A, 0, 8, 0, 0, 0, 2, 0,
      0x12, 1, 3, 0, 1, 0, 0, 0, 6, 0, 0, 0,
      0x69, 0x87, 4, 0, 1, 0, 0, 0, 38, 0, 0, 0, 0, 0, 0, 0,
    ]
    let payload = Array("Exif\0\0".utf8) + directory
    let segment = [0xFF, 0xE1, 0, UInt8(payload.count + 2)] + payload
    let jpeg = picture.jpeg(quality: 60)
    return Array(jpeg.prefix(2)) + segment + jpeg.dropFirst(2)
  }()
}
