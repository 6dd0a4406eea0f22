public import Codecs
internal import Geometry
public import Schema

/// Writes `annotations.json` in COCO's keypoint form, with one category for each layout of landmarks; the
/// first, "face", is also that of faces without landmarks.
///
/// Boxes are x, y, width, height in pixels; keypoints are x, y, v, where v is 0 for missing, 1 for occluded
/// and 2 for visible. A pose is written on request, as DirectMHP reads it: `euler_angles`, pitch, yaw and roll in degrees
/// by `EulerConvention.aflw`, with pitch and roll within ±90° and yaw within ±180°. Remarks are attributes of faces
/// and a list of images. https://cocodataset.org/#format-data
public struct COCOWriter: RemarkingWriter {
  private let file: OutputFile
  private let annotations: Spool
  private let hasAngles: Bool
  private var images = 0
  private var text = JSONWriter()

  /// Begins the file. Annotations wait in a temporary file until all images are written.
  ///
  /// - Parameters:
  ///   - folder: it is there.
  ///   - hasAngles: whether poses are written as `euler_angles`.
  /// - Throws: `FileError` where it cannot be made.
  public init(folder: String, hasAngles: Bool = false) throws {
    self.hasAngles = hasAngles
    annotations = try Spool(in: folder)
    file = try OutputFile(path: "\(folder)/annotations.json")
    try file.write("{\"info\":{\"description\":\"faces, written by sixdof\"},\"images\":[".utf8)
  }

  private static let layouts: [Landmarks.Layout] = [.face5, .ibug68, .aflw21]

  public func losses(of record: ImageRecord) -> [String] {
    var losses = RecordContents.losses(
      of: record, poses: hasAngles, layouts: Set(Self.layouts),
      attributes: ["score", "ignore", "invalid"])
    if record.image.width == nil { losses.append("that the size of an image is not known") }
    guard hasAngles else { return losses }
    let poses = record.faces.compactMap(\.pose)
    if poses.contains(where: { $0.translation != nil }) { losses.append("translations of poses") }
    if poses.contains(where: { $0.frame != .bfm }) { losses.append("the head's axes of poses") }
    if poses.contains(where: { Self.angles(of: $0) == nil }) {
      losses.append("poses with a pitch or roll beyond 90 degrees")
    }
    if let camera = record.camera, camera.provenance != .assumedWidthPlusHeight {
      losses.append("cameras")
    }
    return losses
  }

  /// Pitch, yaw and roll in degrees as DirectMHP has them; nil for a pose that it has none for.
  private static func angles(of pose: HeadPose) -> EulerAngles? {
    EulerConvention.aflw.angles(of: pose.rotation).withinHalfTurns?.inDegrees
  }

  @discardableResult
  public mutating func write(
    _ record: ImageRecord, image: StoredImage?, remarks: ImageRemarks
  ) throws -> WrittenRecord {
    images += 1
    let id = images
    var line = JSONWriter()
    line.object {
      $0.key("id")
      $0.value(id)
      $0.key("file_name")
      $0.value(record.image.path)
      $0.key("width")
      $0.value(record.image.width ?? 0)
      $0.key("height")
      $0.value(record.image.height ?? 0)
      guard !remarks.image.isEmpty else { return }
      $0.key("findings")
      $0.array { for remark in remarks.image { $0.value(remark) } }
    }
    try file.write(((images > 1 ? "," : "") + "\n").utf8)
    try file.write(line.bytes)
    for (i, face) in record.faces.enumerated() {
      text.removeAll()
      write(face, remarks.of(i))
      try annotations.append(text.bytes)
    }
    return .all(of: record)
  }

  private mutating func write(_ face: Face, _ remarks: [String]) {
    let (image, id) = (images, annotations.count + 1)
    let angles = hasAngles ? face.pose.flatMap(Self.angles) : nil
    let category = face.landmarks.flatMap { Self.layouts.firstIndex(of: $0.layout) } ?? 0
    text.object {
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
      if let angles {
        $0.key("euler_angles")
        $0.array { for angle in [angles.pitch, angles.yaw, angles.roll] { $0.value(angle) } }
      }
      if !remarks.isEmpty {
        $0.key("attributes")
        $0.object {
          $0.key("finding")
          $0.value(remarks.joined(separator: " "))
        }
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
          $0.value(landmarks[i].visibility.number)
        }
      }
    }
  }

  public mutating func finish() throws {
    try file.write("\n],\"annotations\":[".utf8)
    for i in 0..<annotations.count {
      try file.write((i > 0 ? ",\n" : "\n").utf8)
      try file.write(annotations[i])
    }
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
