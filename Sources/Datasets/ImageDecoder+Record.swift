internal import Codecs
internal import Schema

extension ImageDecoder {
  /// All pixels of a record's image.
  ///
  /// - Throws: `RejectedRecord` where the image cannot be decoded; `FileError` where it cannot be read.
  func pixels(of image: StoredImage, in record: ImageRecord) throws -> PixelImage {
    try decoded(image, in: record) { bytes throws(ImageError) in try self.image(bytes).image }
  }

  /// Those pixels of a record's image that lie in a rectangle, which the image must have.
  ///
  /// - Throws: as `pixels(of:in:)`.
  func pixels(
    of image: StoredImage, in record: ImageRecord, columns: Range<Int>, rows: Range<Int>
  ) throws -> PixelImage {
    try decoded(image, in: record) { bytes throws(ImageError) in
      try self.part(of: bytes, columns: columns, rows: rows)
    }
  }

  private func decoded(
    _ image: StoredImage, in record: ImageRecord,
    _ decode: (UnsafeRawBufferPointer) throws(ImageError) -> PixelImage
  ) throws -> PixelImage {
    let bytes = try image.bytes()
    do {
      return try bytes.withUnsafeBytes { try decode($0) }
    } catch let error as ImageError {
      throw RejectedRecord(RecordIssue(.broken(error), imageOf: record))
    }
  }
}
