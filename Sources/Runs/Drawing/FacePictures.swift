internal import Codecs
internal import Rendering
internal import Reporting
internal import Schema

/// Cuts faces out of the images that a check looks at, for its report; one a thread.
final class FacePictures {
  /// Of a picture, in pixels: what the dialog shows it at.
  private static let side = 256
  private static let quality = 82
  private static let overlays: FacePortrait.Overlays = [.box, .landmarks, .axes, .mesh]

  /// nil where only sources give images.
  private let images: ImageStore?
  private lazy var portrait = FacePortrait(head: HeadMesh.bfm)
  private let decoder: ImageDecoder
  private let examiner: ImageExaminer
  private let headers: ImageHeaderReader

  /// - Parameter limit: images of more pixels have no pictures.
  init(images: ImageStore?, limit: PixelLimit) {
    self.images = images
    decoder = ImageDecoder(limit: limit)
    examiner = ImageExaminer(limit: limit)
    headers = ImageHeaderReader(limit: limit)
  }

  /// A JPEG file of one face with its annotation.
  ///
  /// - Parameter bytes: the image, where its source holds it.
  /// - Returns: nil where there are no pixels, or none that can be read: that is for the checks to tell, and
  ///   the report has drawings instead.
  func picture(ofFace index: Int, of record: ImageRecord, held bytes: [UInt8]?) -> [UInt8]? {
    do {
      guard let bytes = try bytes ?? images?.open(record.image.path, with: headers).bytes()
      else { return nil }
      return try bytes.withUnsafeBytes { try picture(ofFace: index, of: record, in: $0) }
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
