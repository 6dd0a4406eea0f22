public import Codecs
internal import Geometry
public import Schema

/// Writes img2pose's JSON files, one for each image, and the list of them (FORMATS §8):
/// `WIDER_<split>_annotations.txt` and `json/<path without ending>.json`.
public struct Img2PoseListWriter: DatasetWriter {
  private let folder: OutputFolder
  private let list: OutputFile

  /// Begins the list.
  ///
  /// - Parameters:
  ///   - folder: it is created if it is missing.
  ///   - split: part of the list's name; nil stands for `train`.
  /// - Throws: `FileError` where the list cannot be made.
  public init(folder: String, split: String?) throws {
    self.folder = OutputFolder(folder)
    list = try self.folder.file("WIDER_\(split ?? "train")_annotations.txt")
  }

  public func losses(of record: ImageRecord) -> [String] {
    var losses = RecordContents.losses(
      of: record, layouts: [.face5, .ibug68], attributes: ["score"])
    losses.removeAll { $0 == RecordContents.lineEnds }
    if !record.isNamedByImg2Pose { losses.append(ImageRecord.unnamedByImg2Pose) }
    if record.faces.contains(where: { $0.landmarks?.hasMarkOfMissing ?? false }) {
      losses.append("landmarks at -1, -1")
    }
    // The text of the source, if it is kept, may have further columns.
    if record.faces.contains(where: { $0.landmarks?.hasOcclusion ?? false }),
      (try? Img2PoseFile(of: record, saying: Self.json(of: record)))?.isKept != true
    {
      losses.append("landmarks' occlusion")
    }
    return losses
  }

  public func fileName(of record: ImageRecord) -> String? { Img2PoseFile.name(of: record) }

  @discardableResult
  public mutating func write(
    _ record: ImageRecord, image: StoredImage?
  ) throws -> WrittenRecord {
    guard record.isNamedByImg2Pose else { return .nothing(ImageRecord.unnamedByImg2Pose) }
    let file = try Img2PoseFile(of: record, saying: Self.json(of: record))
    try file.write(to: folder)
    try list.write((file.name + "\n").utf8)
    return .all(of: record)
  }

  public mutating func finish() throws { try list.finish() }

  private static func json(of record: ImageRecord) -> JSONValue {
    .object([
      ("image_path", .text(record.image.path)), ("bboxes", .array(record.faces.map(box))),
      ("landmarks", .array(record.faces.map(points))),
    ])
  }

  private static func box(of face: Face) -> JSONValue {
    let corners = [face.box.left, face.box.top, face.box.right, face.box.bottom]
    return .array((corners + (face.attributes.score.map { [$0] } ?? [])).map(JSONValue.double))
  }

  private static func points(of face: Face) -> JSONValue {
    let landmarks = face.landmarks?.img2posePoints
    return .array(
      (0..<(landmarks?.count ?? 5)).map { i in
        let position = landmarks?.position(i) ?? SIMD2(-1, -1)
        return .array([.double(position.x), .double(position.y)])
      })
  }
}
