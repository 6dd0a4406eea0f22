internal import Codecs
internal import Reporting
internal import Schema
internal import Shards

/// Cuts faces out of the images that a check looks at, for its report; one a thread.
final class FacePictures {
  /// Where the pixels are.
  enum Source {
    case none
    case images(ImageStore)
    /// Samples in the order of the records.
    case shard(ShardReader)
  }

  /// Of a picture, in pixels: what the dialog shows it at.
  private static let side = 256
  private static let quality = 82
  private static let overlays: FacePortrait.Overlays = [.box, .landmarks, .axes, .mesh]

  private let source: Source
  private lazy var portrait = DrawingOptions.portrait()
  private let decoder = ImageDecoder()
  private let examiner = ImageExaminer()
  private let headers = ImageHeaderReader()

  init(_ source: Source) { self.source = source }

  /// A JPEG file of one face with its annotation.
  ///
  /// - Parameter number: of the record in the input, from 0; nil where that is not known.
  /// - Returns: nil where there are no pixels, or none that can be read: that is for the checks to tell, and
  ///   the report has drawings instead.
  func picture(ofFace index: Int, of record: ImageRecord, number: Int?) -> [UInt8]? {
    do {
      switch source {
      case .none: return nil
      case .images(let store):
        let bytes = try store.open(record.image.path, with: headers).bytes()
        return try bytes.withUnsafeBytes { try picture(ofFace: index, of: record, in: $0) }
      case .shard(let shard):
        guard let number else { return nil }
        let picture = try shard.withSample(number) { value, bytes in
          let sample = try ShardSample(value, layout: shard.layout)
          return try self.picture(
            ofFace: index, of: record, in: UnsafeRawBufferPointer(rebasing: bytes[sample.image]))
        }
        return picture
      }
    } catch {
      return nil
    }
  }

  private func picture(
    ofFace index: Int, of record: ImageRecord, in bytes: UnsafeRawBufferPointer
  ) throws -> [UInt8] {
    guard let header = try examiner.header(bytes, isWhole: true) else {
      preconditionFailure("a whole file always has a header or an error")
    }
    let size = SIMD2(header.width, header.height)
    let longSide = FacePortrait.longSide(
      forFace: record.faces[index], side: Self.side, size: size)
    let image = try decoder.image(bytes, longSideAtLeast: longSide).image
    let picture = portrait.picture(
      ofFace: index, of: record, in: Photograph(image, size: size), side: Self.side,
      overlays: Self.overlays)
    return picture.jpeg(quality: Self.quality)
  }
}
