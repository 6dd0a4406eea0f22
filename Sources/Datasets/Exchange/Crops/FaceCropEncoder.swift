public import Codecs
internal import Geometry
internal import Rendering
public import Schema

/// Cuts the faces of one record out of its image.
public struct FaceCropEncoder: RecordEncoder {
  /// What is written of one record.
  public struct Sample: Sendable {
    /// Each with the bytes of its JPEG file.
    var crops: [(row: FaceCropRow, jpeg: [UInt8])] = []
    /// The reason for each face that has no crop, or for the whole image.
    var leftOut: [String] = []
  }

  private let options: ExportOptions
  /// Whoever opened the image has checked its size.
  private let decoder = ImageDecoder(limit: PixelLimit(pixels: .max))
  private let encoder = JPEGEncoder()

  init(options: ExportOptions) { self.options = options }

  /// The file of a face's crop, in folders as the images are.
  static func name(of record: ImageRecord, face: Int) -> String {
    "images/\(record.image.stem)_\(face).jpg"
  }

  public mutating func encode(_ record: ImageRecord, image: StoredImage?) throws -> Sample {
    guard let image else { throw MissingImages() }
    var record = record
    if case .refused(let problem) = ImagePathVerdict(record.image.path) {
      throw RejectedRecord(RecordIssue(.unsafePath, at: record.location, problem))
    }
    var sample = Sample()
    guard !record.faces.isEmpty else {
      sample.leftOut = ["images without a face"]
      return sample
    }
    let (width, height) = (image.header.width, image.header.height)
    WeakPerspectiveLift.adapt(&record, width: width, height: height)
    var found: [(face: Int, crop: FaceCrop)] = []
    for (i, face) in record.faces.enumerated() {
      do throws(FaceCrop.Obstacle) {
        found.append(
          (
            i,
            try FaceCrop(
              of: face, imageWidth: width, imageHeight: height, alignment: options.alignment,
              side: options.size, margin: options.margin ?? options.alignment.usualMargin)
          ))
      } catch {
        sample.leftOut.append(error.rawValue)
      }
    }
    guard !found.isEmpty else { return sample }
    let pixels = try decoder.pixels(of: image, in: record)
    for (i, crop) in found {
      let picture = pixels.warped(by: crop.map, width: options.size, height: options.size)
      sample.crops.append(
        (row(record, face: i, crop), encoder.jpeg(of: picture, quality: 95, isExact: true)))
    }
    return sample
  }

  private func row(_ record: ImageRecord, face index: Int, _ crop: FaceCrop) -> FaceCropRow {
    let face = record.faces[index]
    return FaceCropRow(
      image: Self.name(of: record, face: index), source: record.image.path,
      dataset: record.source.dataset, split: record.source.split, face: index, box: face.box,
      crop: crop, camera: record.camera, pose: face.pose, landmarks: face.landmarks,
      euler: options.euler)
  }
}
