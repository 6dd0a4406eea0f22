public import Codecs
internal import Geometry
public import Schema

/// Makes the crops of one record's face, and their parameters.
public struct TDDFAEncoder: RecordEncoder {
  /// What is written of one record.
  public struct Sample: Sendable {
    /// Without landmarks and arrays.
    var record: ImageRecord
    var crops: [Crop] = []
    /// Why there are none, in the plural.
    var leftOut: String?
  }

  /// One copy of a face.
  struct Crop: Sendable {
    /// Of its file.
    var name: String
    var jpeg: [UInt8]
    /// From 0-based pixels of the image to those of the crop.
    var map: PlanarMap
    /// Before whitening.
    var numbers: [Double]
  }

  private let options: ExportOptions
  private let sources: [FileTree]
  private let model: MorphableLandmarks?
  /// Whoever opened the image has checked its size.
  private let decoder = ImageDecoder(limit: PixelLimit(pixels: .max))
  private let encoder = JPEGEncoder()

  static let noLandmarks =
    "faces of whose 68 landmarks some are missing, which say where the crop is (or give --landmark-tables)"

  init(options: ExportOptions, sources: [FileTree], model: MorphableLandmarks?) {
    (self.options, self.sources, self.model) = (options, sources, model)
  }

  /// As the authors named them: "HELENFlip_HELEN_3036412907_2_0_1.jpg".
  static func name(of record: ImageRecord, copy: Int) -> String {
    let parts = record.image.stem.split(separator: "/")
    let set = parts.dropLast().last.map { $0.replacing("_Flip", with: "Flip") + "_" } ?? ""
    return "\(set)\(parts.last ?? "")_\(copy).jpg"
  }

  public mutating func encode(_ record: ImageRecord, image: StoredImage?) throws -> Sample {
    guard let image else { throw MissingImages() }
    var record = record
    var sample = Sample(record: record.withoutArrays)
    func leftOut(_ reason: String) -> Sample {
      sample.leftOut = reason
      return sample
    }
    if record.image.path.hasLineEnd { return leftOut(RecordContents.lineEnds) }
    guard let face = record.faces.first else { return leftOut("images without a face") }
    guard TDDFAFace.isThere(in: face) else { return leftOut(TDDFAFace.noArrays) }
    let arrays = try TDDFAFace(of: record, sources: sources)
    let (width, height) = (image.header.width, image.header.height)
    // Readers take the usual size until the image is seen.
    WeakPerspectiveLift.adapt(&record, width: width, height: height)
    guard let box = arrays.box(record.faces[0].landmarks, model, imageHeight: height) else {
      return leftOut(Self.noLandmarks)
    }
    guard let plain = TDDFACrop(of: box), !plain.misses(imageWidth: width, imageHeight: height)
    else {
      throw RejectedRecord(
        RecordIssue(
          .boxOutsideImage, at: record.location(ofFace: 0),
          "square around the landmarks: expected it to show the image of \(width) x \(height), found a box of \(box.width) x \(box.height) about \(box.centre.x), \(box.centre.y)"
        ))
    }
    // Turned copies show pixels all round; the plain one is within a square, so that much need not be decoded.
    let whole = options.copies == 1 ? nil : try decoder.pixels(of: image, in: record)
    let seed = draw(record.image.path, seed: options.seed)
    for copy in 1...options.copies {
      var random = SeededRandom(seed: seed, item: copy)
      let crop = copy == 1 ? plain : TDDFACrop(plain, varied: &random)
      let picture =
        if let whole {
          crop.picture(of: whole)
        } else {
          try crop.plainPicture(imageWidth: width, imageHeight: height) {
            try decoder.pixels(of: image, in: record, columns: $0, rows: $1)
          }
        }
      sample.crops.append(
        Crop(
          name: Self.name(of: record, copy: copy),
          jpeg: encoder.jpeg(of: picture, quality: 95, isExact: true), map: crop.map,
          numbers: TDDFAParameters.numbers(
            arrays.pose, shape: arrays.shape, expression: arrays.expression, imageHeight: height,
            map: crop.map)))
    }
    return sample
  }
}

extension ImageRecord {
  /// The record without what takes memory.
  fileprivate var withoutArrays: ImageRecord {
    var record = self
    record.native = nil
    for i in record.faces.indices {
      (record.faces[i].native, record.faces[i].landmarks) = (nil, nil)
    }
    return record
  }
}
