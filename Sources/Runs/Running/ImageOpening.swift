internal import Codecs
internal import Datasets
internal import Schema

/// Opens records' images, and says of each why it cannot be used. One a thread.
struct ImageOpening {
  /// Where images are; nil where only sources give them.
  let images: ImageStore?
  private let headers: ImageHeaderReader

  /// - Parameter limit: of images that sources give.
  init(images: ImageStore?, limit: PixelLimit) {
    self.images = images
    headers = ImageHeaderReader(limit: images?.pixelLimit ?? limit)
  }

  /// - Parameter bytes: the image, where its source holds it.
  /// - Returns: the image with its header read, or the issue that keeps it from being used.
  func open(
    _ record: ImageRecord, held bytes: [UInt8]?
  ) -> Result<StoredImage, RejectedImage> {
    let image: StoredImage
    do throws(ImageStore.Failure) {
      if let bytes {
        image = try stored(bytes)
      } else if let images {
        image = try images.open(record.image.path, with: headers)
      } else {
        throw .missing(nil)
      }
    } catch {
      return .failure(RejectedImage(issue: RecordIssue(error, imageOf: record)))
    }
    if let width = record.image.width, let height = record.image.height,
      (width, height) != (image.header.width, image.header.height)
    {
      let issue = RecordIssue(
        .changedImage, at: record.location,
        "image '\(record.image.path)': expected \(width) x \(height) pixels, as its record says, found \(image.header.width) x \(image.header.height)"
      )
      return .failure(RejectedImage(issue: issue))
    }
    return .success(image)
  }

  private func stored(_ bytes: [UInt8]) throws(ImageStore.Failure) -> StoredImage {
    do throws(ImageError) {
      return try StoredImage(bytes: bytes, with: headers)
    } catch {
      throw .broken(error)
    }
  }

  /// Puts into the record what its image's header says.
  ///
  /// - Returns: an issue where a tag has other readers turn the image.
  func describe(_ header: ImageHeader, in record: inout ImageRecord) -> RecordIssue? {
    record.image.width = header.width
    record.image.height = header.height
    record.image.format = header.format.rawValue
    WeakPerspectiveLift.adapt(&record, width: header.width, height: header.height)
    guard let orientation = header.orientation, orientation != 1 else { return nil }
    record.image.orientation = orientation
    return RecordIssue(
      .exifOrientation, at: record.location,
      "image '\(record.image.path)': expected EXIF orientation 1, found \(orientation); annotations refer to the stored pixels, which some readers turn"
    )
  }
}

/// An image that cannot be used.
struct RejectedImage: Error {
  var issue: RecordIssue
}
