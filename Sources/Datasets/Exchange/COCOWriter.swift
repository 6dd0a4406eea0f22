public import Codecs
public import Schema

/// Writes `annotations.json` in COCO's keypoint form, with one category for each layout of landmarks; the
/// first, "face", is also that of faces without landmarks.
///
/// Boxes are x, y, width, height in pixels; keypoints are x, y, v, where v is 0 for missing, 1 for occluded
/// and 2 for visible. A pose is written on request, as DirectMHP reads it: `euler_angles`, pitch, yaw and roll in degrees
/// by `EulerConvention.aflw`, with pitch and roll within ±90° and yaw within ±180°. Remarks are attributes of faces
/// and a list of images. https://cocodataset.org/#format-data
public struct COCOWriter: RemarkingWriter, EncodingDatasetWriter {
  private let file: OutputFile
  /// Each with the comma and the line end before it.
  private let annotations: Spool
  private let hasAngles: Bool
  private var images = 0
  private var faces = 0

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
    let sides = "\"\(StatedSide.name)\":\"\(StatedSide.ours.rawValue)\""
    try file.write(
      "{\"info\":{\"description\":\"faces, written by sixdof\",\(sides)},\"images\":[".utf8)
  }

  static let layouts: [Landmarks.Layout] = [.face5, .ibug68, .aflw21]

  public func losses(of record: ImageRecord) -> [String] {
    var losses = RecordContents.losses(
      of: record, poses: hasAngles, layouts: Set(Self.layouts),
      attributes: ["score", "ignore", "invalid"])
    if record.image.width == nil { losses.append("that the size of an image is not known") }
    guard hasAngles else { return losses }
    let poses = record.faces.compactMap(\.pose)
    if poses.contains(where: { $0.translation != nil }) { losses.append("translations of poses") }
    if poses.contains(where: { $0.frame != .bfm }) { losses.append("the head's axes of poses") }
    if poses.contains(where: { Encoder.angles(of: $0) == nil }) {
      losses.append("poses with a pitch or roll beyond 90 degrees")
    }
    if let camera = record.camera, camera.provenance != .assumedWidthPlusHeight {
      losses.append("cameras")
    }
    return losses
  }

  public var makeEncoder: @Sendable () throws -> Encoder {
    { [hasAngles] in Encoder(hasAngles: hasAngles) }
  }

  @discardableResult
  public mutating func write(_ record: ImageRecord, image: StoredImage?) throws -> WrittenRecord {
    try write(record, image: image, remarks: ImageRemarks())
  }

  @discardableResult
  public mutating func write(
    _ record: ImageRecord, image: StoredImage?, remarks: ImageRemarks
  ) throws -> WrittenRecord {
    var encoder = Encoder(hasAngles: hasAngles)
    return try write(encoder.encode(record, remarks))
  }

  public mutating func write(_ sample: Encoder.Sample) throws -> WrittenRecord {
    images += 1
    let image = Array(String(images).utf8)
    var text = (images > 1 ? Self.next : Self.first) + image
    text += sample.members[..<sample.ends[0]]
    try file.write(text)
    text.removeAll(keepingCapacity: true)
    for i in 1..<sample.ends.count {
      faces += 1
      text += faces > 1 ? Self.next : Self.first
      text += String(faces).utf8
      text += Self.imageID
      text += image
      text += sample.members[sample.ends[i - 1]..<sample.ends[i]]
    }
    try annotations.append(text)
    return WrittenRecord(faces: sample.ends.count - 1)
  }

  private static let first = Array("\n{\"id\":".utf8)
  private static let next = Array(",\n{\"id\":".utf8)
  private static let imageID = Array(",\"image_id\":".utf8)

  /// Pairs of points, from 0, between which viewers draw lines; nil for a layout without usual ones.
  private static func skeleton(of layout: Landmarks.Layout) -> [[Int]]? {
    switch layout {
    case .face5: [[0, 1], [0, 2], [1, 2], [2, 3], [2, 4], [3, 4]]
    case .ibug68:
      layout.contours.flatMap { contour in
        zip(contour.points, contour.points.dropFirst()).map { [$0, $1] }
          + (contour.isClosed ? [[contour.points.upperBound, contour.points.lowerBound]] : [])
      }
    default: nil
    }
  }

  public mutating func finish() throws {
    try file.write("\n],\"annotations\":[".utf8)
    try annotations.copy(to: file)
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
          guard let skeleton = Self.skeleton(of: layout) else { return }
          $0.key("skeleton")
          $0.array { for pair in skeleton { $0.array { for end in pair { $0.value(end + 1) } } } }
        }
      }
    }
    try file.write("\n],\"categories\":".utf8)
    try file.write(categories.bytes)
    try file.write("}\n".utf8)
    try file.finish()
  }
}
