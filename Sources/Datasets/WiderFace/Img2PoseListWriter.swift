public import Codecs
internal import Foundation
internal import Geometry
public import Schema

/// Writes img2pose's JSON files, one an image, and the list of them (FORMATS §8):
/// `WIDER_<split>_annotations.txt` and `json/<path without ending>.json`.
public struct Img2PoseListWriter: DatasetWriter {
  private let folder: String
  private let list: OutputFile

  public init(folder: String, split: String?) throws {
    self.folder = folder
    list = try OutputFile(path: "\(folder)/WIDER_\(split ?? "train")_annotations.txt")
  }

  public func losses(of record: ImageRecord) -> [String] {
    RecordContents.losses(of: record, layouts: [.face5, .ibug68], attributes: ["score"])
  }

  public mutating func write(_ record: ImageRecord, image: StoredImage?) throws {
    let path = record.image.path
    let stem = path.hasSuffix(".jpg") || path.hasSuffix(".png") ? String(path.dropLast(4)) : path
    let name = "json/\(stem).json"
    let target = URL(fileURLWithPath: "\(folder)/\(name)")
    try FileManager.default.createDirectory(
      at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
    let file = try OutputFile(path: target.path)
    try file.write((Self.json(of: record).compactText + "\n").utf8)
    try file.flush()
    try list.write((name + "\n").utf8)
  }

  public mutating func finish() throws { try list.finish() }

  /// The source's own object where it still says what the record says.
  private static func json(of record: ImageRecord) -> JSONValue {
    let made = JSONValue.object([
      ("image_path", .text(record.image.path)), ("bboxes", .array(record.faces.map(box))),
      ("landmarks", .array(record.faces.map(points))),
    ])
    guard case .object(let wrapped) = record.native, let kept = wrapped["json"],
      kept["image_path"]?.text == record.image.path, isSame(kept["bboxes"], made["bboxes"]),
      isSame(kept["landmarks"], made["landmarks"])
    else { return made }
    return kept
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

  /// Whether two nested arrays hold the same numbers, further columns of a point left out.
  private static func isSame(_ kept: JSONValue?, _ made: JSONValue?) -> Bool {
    if let a = kept?.number, let b = made?.number { return a == b }
    guard let a = kept?.elements, let b = made?.elements, a.count >= b.count else { return false }
    guard a.count == b.count || b.first?.number != nil else { return false }
    return zip(a, b).allSatisfy { isSame($0, $1) }
  }
}
