internal import Geometry
internal import Schema

/// An image that Hopenet and 6DRepNet can be given by a line of `files.txt`.
struct ListedImage {
  /// A path without its ending, relative to the loader's `data_dir`.
  let line: String
  let dataset: AngleDataset
  /// Those of the dataset's own files, all below 99°.
  let angles: EulerAngles

  /// - Parameter hasImage: whether the files that the loader opens are written too; otherwise they are the dataset's
  ///   own.
  /// - Throws: why it cannot be listed.
  init(
    _ record: ImageRecord, for reader: FileListWriter.Reader, hasImage: Bool
  ) throws(LeftOutSample) {
    guard !record.image.path.hasLineEnd else { throw LeftOutSample(RecordContents.lineEnds) }
    if let refusal = reader.refusal(of: record) { throw LeftOutSample(refusal) }
    guard let dataset = AngleDataset(record) else {
      throw LeftOutSample(AngleDataset.refusal(of: record))
    }
    guard !record.faces.isEmpty else { throw LeftOutSample("images without a face") }
    guard let angles = dataset.angles(of: record) else {
      let hasPose = dataset == .biwi && record.faces.contains { $0.pose != nil }
      throw LeftOutSample("images without a \(hasPose ? "camera" : "pose")")
    }
    guard angles.isBelow99Degrees else {
      throw LeftOutSample("images with an angle of 99 degrees or more")
    }
    line = try Self.line(of: record, dataset, hasImage: hasImage)
    (self.dataset, self.angles) = (dataset, angles)
  }

  private static func line(
    of record: ImageRecord, _ dataset: AngleDataset, hasImage: Bool
  ) throws(LeftOutSample) -> String {
    switch dataset {
    case .biwi:
      guard let line = DockerfaceFrames.line(of: record) else {
        throw LeftOutSample("images that are not named as BIWI's, such as 01/frame_00003_rgb.png")
      }
      return line
    case .mat(let form):
      guard record.image.path.hasSuffix(".jpg") else {
        throw LeftOutSample("images that are not named .jpg, which is what the loader opens")
      }
      guard !hasImage || form == .threeHundredWLP || record.faces[0].nativeArray("pt2d") != nil
      else { throw LeftOutSample("images without the pt2d from which the loader takes their box") }
      return String(record.image.stem)
    }
  }
}
