public import Codecs
internal import Geometry
public import Schema

/// Writes img2pose's JSON files, one an image, and the list of them (FORMATS §8):
/// `WIDER_<split>_annotations.txt` and `json/<path without ending>.json`.
public struct Img2PoseListWriter: DatasetWriter {
  private let folder: OutputFolder
  private let list: OutputFile

  public init(folder: String, split: String?) throws {
    self.folder = OutputFolder(folder)
    list = try self.folder.file("WIDER_\(split ?? "train")_annotations.txt")
  }

  public func losses(of record: ImageRecord) -> [String] {
    RecordContents.losses(of: record, layouts: [.face5, .ibug68], attributes: ["score"])
  }

  public mutating func write(_ record: ImageRecord, image: StoredImage?) throws {
    let file = try Img2PoseFile(of: record, saying: Self.json(of: record))
    try file.write(to: folder)
    try list.write((file.name + "\n").utf8)
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
    let landmarks = face.landmarks?.layout == .ibug68 ? face.landmarks : face.landmarks?.fivePoints
    return .array(
      (0..<(landmarks?.count ?? 5)).map { i in
        let position = landmarks?.position(i) ?? SIMD2(-1, -1)
        return .array([.double(position.x), .double(position.y)])
      })
  }
}
