internal import Codecs
internal import Schema

extension ImageDecoder {
  /// All pixels of a record's image.
  ///
  /// - Throws: `RejectedRecord` where the image cannot be decoded; `FileError` where it cannot be read.
  func pixels(of image: StoredImage, in record: ImageRecord) throws -> PixelImage {
    let bytes = try image.bytes()
    do {
      return try bytes.withUnsafeBytes { try self.image($0).image }
    } catch let error as ImageError {
      throw RejectedRecord(RecordIssue(.broken(error), imageOf: record))
    }
  }
}
