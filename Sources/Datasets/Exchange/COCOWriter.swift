public import Codecs
internal import Geometry
public import Schema

/// Writes `annotations.json` in COCO's keypoint form, with one category for each layout of landmarks; the
/// first, "face", is also that of faces without landmarks.
///
/// Boxes are x, y, width, height in pixels; keypoints are x, y, v, where v is 0 for missing, 1 for occluded
/// and 2 for visible. https://cocodataset.org/#format-data
public struct COCOWriter: DatasetWriter {
  private let file: OutputFile
  private var annotations = JSONWriter()
  private var (images, faces) = (0, 0)

  /// Begins the file.
  ///
  /// - Throws: `FileError` where it cannot be made.
  public init(folder: String) throws {
    file = try OutputFile(path: "\(folder)/annotations.json")
    try file.write("{\"info\":{\"description\":\"faces, written by sixdof\"},\"images\":[".utf8)
  }

  private static let layouts: [Landmarks.Layout] = [.face5, .ibug68, .aflw21]

  public func losses(of record: ImageRecord) -> [String] {
    RecordContents.losses(
      of: record, layouts: Set(Self.layouts), attributes: ["score", "ignore", "invalid"])
      + (record.image.width == nil ? ["that the size of an image is not known"] : [])
  }

  @discardableResult
  public mutating func write(
    _ record: ImageRecord, image: StoredImage?
  ) throws -> WrittenRecord {
    images += 1
    var line = JSONWriter()
    line.object {
      $0.key("id")
      $0.value(images)
      $0.key("file_name")
      $0.value(record.image.path)
      $0.key("width")
      $0.value(record.image.width ?? 0)
      $0.key("height")
      $0.value(record.image.height ?? 0)
    }
    try file.write(((images > 1 ? "," : "") + "\n").utf8)
    try file.write(line.bytes)
    for face in record.faces {
      faces += 1
      write(face)
    }
    return .all(of: record)
  }

  private mutating func write(_ face: Face) {
    let (image, id) = (images, faces)
    let category = face.landmarks.flatMap { Self.layouts.firstIndex(of: $0.layout) } ?? 0
    annotations.object {
      $0.key("id")
      $0.value(id)
      $0.key("image_id")
      $0.value(image)
      $0.key("category_id")
      $0.value(category + 1)
      $0.key("bbox")
      $0.array {
        for number in [face.box.left, face.box.top, face.box.width, face.box.height] {
          $0.value(number)
        }
      }
      $0.key("area")
      $0.value(face.box.width * face.box.height)
      $0.key("iscrowd")
      $0.value(0)
      if face.attributes.ignore == true || face.attributes.invalid == true {
        $0.key("ignore")
        $0.value(1)
      }
      if let score = face.attributes.score {
        $0.key("score")
        $0.value(score)
      }
      guard let landmarks = face.landmarks else { return }
      $0.key("num_keypoints")
      $0.value(landmarks.presentCount)
      $0.key("keypoints")
      $0.array {
        for i in 0..<landmarks.count {
          let position = landmarks.position(i) ?? .zero
          $0.value(position.x)
          $0.value(position.y)
          $0.value(
            landmarks[i].visibility == .missing ? 0 : landmarks[i].visibility == .occluded ? 1 : 2)
        }
      }
    }
  }

  public mutating func finish() throws {
    try file.write("\n],\"annotations\":[\n".utf8)
    try file.write(annotations.bytes)
    var categories = JSONWriter()
    categories.array {
      for (i, layout) in Self.layouts.enumerated() {
        $0.object {
          $0.key("id")
          $0.value(i + 1)
          $0.key("name")
          $0.value(i == 0 ? "face" : "face-\(layout.rawValue)")
          $0.key("keypoints")
          $0.array { for point in 0..<layout.count { $0.value(layout.name(ofPoint: point)) } }
        }
      }
    }
    try file.write("\n],\"categories\":".utf8)
    try file.write(categories.bytes)
    try file.write("}\n".utf8)
    try file.finish()
  }
}
