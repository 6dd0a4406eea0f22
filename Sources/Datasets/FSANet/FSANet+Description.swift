internal import Codecs
internal import Schema

extension DatasetDescription {
  /// Crops with angles in one `.npz`, as FSA-Net's and 6DRepNet's loaders take 300W-LP, AFLW2000-3D and BIWI.
  /// FORMATS-FOREIGN B9.
  static let fsaNet = DatasetDescription(
    form: "fsanet-npz", title: "FSA-Net .npz",
    holds: FormContents(
      box: "the whole crop", pose: "yaw, pitch and roll",
      loses: "names: subjects, sequences and photos are not in the file"),
    holdsImages: true,
    heeds: [.eulerConvention],
    recognises: { file in
      guard file.signature == .npz, let arrays = try? NPZFile(file.bytes),
        arrays.names.contains("pose"), arrays.names.contains("image")
      else { return nil }
      return "NumPy arrays named 'image' and 'pose'"
    },
    read: { try FSANetArrays.reader($0, $1) })
}

/// Reads `image` (N, side, side, 3) uint8, blue first, and `pose` (N, 3) yaw, pitch, roll in degrees by the `aflw`
/// convention. Crops have no names; they are called by the file and counted from 0.
enum FSANetArrays {
  private static let largestArray = 64 << 20

  /// - Throws: `AnnotationFault` where the arrays are others.
  static func reader(_ file: AnnotationFile, _ options: ReadingOptions) throws -> DraftReader {
    func fault(_ detail: String) -> AnnotationFault {
      AnnotationFault(.malformedRecord, at: file.place(), detail)
    }
    let (images, shape, angles) = try file.contents.withBytes { bytes in
      do {
        let arrays = try NPZFile(bytes)
        let pose = try arrays.withArray("pose", limit: largestArray) { ($0.shape, $0.doubles) }
        return (try arrays.shape(of: "image"), pose.0, pose.1)
      } catch let error as NPYError {
        throw fault("\(error)")
      }
    }
    guard shape.count == 2, shape[1] == 3, angles.count == 3 * shape[0] else {
      throw fault("'pose': expected N x 3 angles, found \(shape)")
    }
    guard images.count == 4, images[0] == shape[0], images[3] == 3 else {
      throw fault("'image': expected \(shape[0]) pictures as 'pose' has rows, found \(images)")
    }
    let size = SIMD2(images[2], images[1])
    let note = RecordIssue(
      .otherAnnotations, at: file.place(),
      "names: expected those of photos and people, found none in this form; images are called \(file.stem)/000000 and so on"
    )
    let pictures = options.takesImages ? try Pictures(file, size) : nil
    return DraftReader(
      file, options, count: shape[0], notes: [note],
      picture: pictures.map { all in { all.picture($0, in: file) } }
    ) { row in
      var draft = ImageDraft(path: "\(file.stem)/\(row.digits(6))")
      draft.size = size
      var face = FaceDraft()
      face.setAngles(pitch: angles[3 * row + 1], yaw: angles[3 * row], roll: angles[3 * row + 2])
      face.setWholeImage(size)
      draft.faces = [face]
      return draft
    }
  }

  /// The crops, in place where they are stored as they are.
  private struct Pictures {
    private let size: SIMD2<Int>
    private let place: Range<Int>?
    private let unpacked: [UInt8]

    init(_ file: AnnotationFile, _ size: SIMD2<Int>) throws {
      self.size = size
      (place, unpacked) = try file.contents.withBytes { bytes in
        let arrays = try NPZFile(bytes)
        if let place = try arrays.storedElements(of: "image") { return (place, []) }
        return (nil, try arrays.withArray("image", limit: 1 << 30) { $0.littleEndianBytes })
      }
      let count = place?.count ?? unpacked.count
      guard count.isMultiple(of: 3 * size.x * size.y) else {
        throw AnnotationFault(
          .malformedRecord, at: file.place(),
          "'image': expected uint8 of three channels, found another array")
      }
    }

    /// Blue first in the file.
    func picture(_ row: Int, in file: AnnotationFile) -> PixelImage {
      let length = 3 * size.x * size.y
      var image = PixelImage(width: size.x, height: size.y)
      func copy(_ crop: Slice<UnsafeRawBufferPointer>) {
        for (i, level) in crop.enumerated() { image.pixels[i - i % 3 + 2 - i % 3] = level }
      }
      if let place {
        let start = place.lowerBound + row * length
        file.contents.withBytes { copy($0[start..<start + length]) }
      } else {
        unpacked.withUnsafeBytes { copy($0[row * length..<(row + 1) * length]) }
      }
      return image
    }
  }
}
