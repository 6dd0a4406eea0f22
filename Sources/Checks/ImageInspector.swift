public import Codecs
public import Schema

/// What dataset-wide checks need to know of an image's file.
public struct ImageSummary: Sendable {
  public var header: ImageHeader
  public var byteCount: Int
}

/// Looks at image files whose header could be read, one inspector a thread; what cannot even be opened is an
/// issue of reading.
public struct ImageInspector {
  public init() {}

  /// - Returns: what `DatasetCheck` is given of the image, and what is wrong with it.
  public mutating func inspect(
    _ image: StoredImage, of record: ImageRecord
  ) -> (summary: ImageSummary, findings: [Finding]) {
    (ImageSummary(header: image.header, byteCount: image.count), [])
  }
}
