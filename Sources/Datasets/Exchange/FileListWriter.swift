public import Codecs
internal import Geometry
public import Schema

/// Writes `files.txt`, the list of samples by which Hopenet, 6DRepNet and TRG read 300W-LP and AFLW2000:
/// a path without ending a line, no line feed after the last, only poses whose three angles are within 99°
/// (FORMATS §3.1).
public struct FileListWriter: DatasetWriter {
  private let file: OutputFile
  private var isFirst = true
  private let prefix: String

  /// - Parameter prefix: before each path: `./` for TRG, nothing for the others.
  public init(folder: String, prefix: String = "") throws {
    file = try OutputFile(path: "\(folder)/files.txt")
    self.prefix = prefix
  }

  /// A list is meant to stand beside the dataset that holds the rest.
  public func losses(of record: ImageRecord) -> [String] { [] }

  public mutating func write(_ record: ImageRecord, image: StoredImage?) throws {
    guard let pose = record.faces.first?.pose,
      EulerConvention.aflw.angles(of: pose.extrinsics.rotation).isWithin99Degrees
    else { return }
    let path = record.image.path
    let end = path.lastIndex(of: ".") ?? path.endIndex
    try file.write(((isFirst ? "" : "\n") + prefix + path[..<end]).utf8)
    isFirst = false
  }

  public mutating func finish() throws { try file.finish() }
}
