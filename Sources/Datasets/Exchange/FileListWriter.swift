public import Codecs
internal import Geometry
public import Schema

/// Writes `files.txt`, the list of samples by which Hopenet and 6DRepNet read 300W-LP and AFLW2000
/// (FORMATS §3.1). Each line is a path without its ending; no line feed follows the last. Only images are
/// listed whose three angles are all within 99°.
public struct FileListWriter: DatasetWriter {
  private let file: OutputFile
  private var isFirst = true

  /// - Throws: `FileError` where the file cannot be made.
  public init(folder: String) throws { file = try OutputFile(path: "\(folder)/files.txt") }

  /// The list stands beside a dataset that holds the rest, so only what that dataset cannot hold is lost.
  public func losses(of record: ImageRecord) -> [String] {
    var losses = record.image.path.hasLineEnd ? [RecordContents.lineEnds] : []
    let isOwn = [DatasetName.threeHundredWLP, DatasetName.aflw2000].contains(record.source.dataset)
    if record.faces.contains(where: {
      $0.pose.map { !isOwn || $0.provenance != .annotation } ?? false
    }) {
      losses.append("poses, which its readers take from the .mat files of 300W-LP or AFLW2000")
    }
    return losses
  }

  @discardableResult
  public mutating func write(
    _ record: ImageRecord, image: StoredImage?
  ) throws -> WrittenRecord {
    guard !record.image.path.hasLineEnd else { return .nothing(RecordContents.lineEnds) }
    guard let face = record.faces.first else { return .nothing("images without a face") }
    guard let pose = face.pose else { return .nothing("images without a pose") }
    guard EulerConvention.aflw.angles(of: pose.extrinsics.rotation).isWithin99Degrees else {
      return .nothing("images with an angle beyond 99 degrees")
    }
    try file.write(((isFirst ? "" : "\n") + record.image.stem).utf8)
    isFirst = false
    return .oneFace(of: record)
  }

  public mutating func finish() throws { try file.finish() }
}
