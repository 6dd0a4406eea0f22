internal import Codecs
internal import Geometry
internal import Schema

/// What Hopenet's BIWI class reads of a frame, below its `data_dir`: `NN/frame_FFFFF_rgb.png`, `_pose.txt`, and the
/// box in `NN/dockerface-frame_FFFFF_rgb.txt`, whose first line is `name x_min y_min x_max y_max score` in pixels,
/// separated by single spaces (code/datasets.py).
struct DockerfaceFrames: Sendable {
  private let folder: OutputFolder

  init(folder: String) { self.folder = OutputFolder(folder) }

  /// `NN/frame_FFFFF`; nil for an image with another kind of name, or in no sequence's folder.
  static func line(of record: ImageRecord) -> String? {
    guard let place = BiwiFile(record.image.path), place.kind != .pose, place.kind != .depth,
      let sequence = place.folder.split(separator: "/").last
    else { return nil }
    return "\(sequence)/\(place.stem)"
  }

  /// - Parameters:
  ///   - record: with a pose and a camera.
  ///   - image: written with the pose, where it is given; a JPEG becomes the PNG that the class opens.
  /// - Returns: whether the box has area in the image; otherwise nothing is written.
  /// - Throws: `RejectedRecord` where that JPEG is broken; `FileError`.
  func write(_ record: ImageRecord, line: String, image: StoredImage?) throws -> Bool {
    guard let face = BiwiContent.face(of: record), let content = BiwiContent(record),
      let slash = line.lastIndex(of: "/")
    else { return false }
    // Of images that are not given, the size of all of BIWI's.
    let width = image?.header.width ?? record.image.width ?? 640
    let height = image?.header.height ?? record.image.height ?? 480
    guard face.box.integers(inWidth: width, height: height) != nil else { return false }
    let stem = line[line.index(after: slash)...]
    if let image {
      try folder.write(png(image, of: record), to: line + "_rgb.png")
      try folder.write(content.plainPoseText.utf8, to: line + "_pose.txt")
    }
    let sides = [face.box.left, face.box.top, face.box.right, face.box.bottom]
    let words = ["\(stem)_rgb.png"] + (sides + [face.attributes.score ?? 1]).map(\.shortText)
    try folder.write(
      (words.joined(separator: " ") + "\n").utf8,
      to: "\(line[..<slash])/dockerface-\(stem)_rgb.txt")
    return true
  }

  private func png(_ image: StoredImage, of record: ImageRecord) throws -> [UInt8] {
    do {
      return try image.png()
    } catch let error as ImageError {
      throw RejectedRecord(RecordIssue(.broken(error), imageOf: record))
    }
  }
}

extension BiwiContent {
  /// The text of the pose's file in digits, signs, single spaces and line feeds, which are all that the class can
  /// read.
  fileprivate var plainPoseText: String {
    let isPlain = poseText.utf8.allSatisfy { byte in
      (0x30...0x39).contains(byte) || "+-.eE \n".utf8.contains(byte)
    }
    return isPlain ? poseText : head.text
  }
}
