public import Codecs
internal import Geometry
public import Schema

/// Writes LabelMe's JSON (https://github.com/wkentaro/labelme), `FOLDER/STEM.json` for `FOLDER/STEM.jpg`, with the image
/// beside it where it is given.
///
/// A face is a rectangle of label `face` and a point for each point that is not missing, in the same group and named as
/// `Landmarks.Layout.toolNames` says; the flag `occluded` tells occluded points. Remarks are flags: those on a face of
/// its rectangle, those on an image of the file. Where the record says that the image has an EXIF orientation, places
/// are those of the image turned upright, as LabelMe shows it.
public struct LabelMeWriter: RemarkingWriter {
  private let folder: OutputFolder
  private var (files, turned) = (0, 0)
  private let sides = WrittenSides()
  private var hasImages = false
  private var writer = JSONWriter()

  /// The version of LabelMe whose form it is.
  private static let version = "5.4.1"

  /// - Parameter folder: it is there.
  public init(folder: String) { self.folder = OutputFolder(folder) }

  public func losses(of record: ImageRecord) -> [String] {
    RecordContents.losses(
      of: record, layouts: Landmarks.Layout.named, lineEnds: true, attributes: ["score"])
      + record.turningLosses(record.size(or: nil) == nil)
  }

  public func fileName(of record: ImageRecord) -> String? { record.image.stem + ".json" }

  @discardableResult
  public mutating func write(
    _ record: ImageRecord, image: StoredImage?, remarks: ImageRemarks
  ) throws -> WrittenRecord {
    let size = record.size(or: image)
    let orientation = ImageOrientation(exif: image?.header.orientation ?? record.image.orientation)
    let shapes = LabelMeShapes(orientation: orientation, size: size)
    writer.removeAll()
    writer.object {
      $0.key("version")
      $0.value(Self.version)
      $0.key(StatedSide.name)
      $0.value(StatedSide.ours.rawValue)
      $0.key("flags")
      LabelMeShapes.write(flags: remarks.image, to: &$0)
      $0.key("shapes")
      $0.array {
        for (i, face) in record.faces.enumerated() {
          shapes.write(face, group: i + 1, remarks.of(i), to: &$0)
        }
      }
      $0.key("imagePath")
      $0.value(Self.relativePath(of: record.image.path))
      $0.key("imageData")
      $0.null()
      for (name, side) in [("imageHeight", shapes.size?.y), ("imageWidth", shapes.size?.x)] {
        $0.key(named: name)
        if let side { $0.value(side) } else { $0.null() }
      }
    }
    writer.endLine()
    try folder.write(writer.bytes, to: record.image.stem + ".json")
    if let image {
      try image.copy(to: folder.path(of: record.image.path))
      hasImages = true
    }
    for face in record.faces { sides.count(face.landmarks) }
    files += 1
    if !orientation.isUpright { turned += 1 }
    return .all(of: record)
  }

  /// The path of an image as its file names it: up out of its folder and down again, so that it says which folder that
  /// is, whereas a bare name would not.
  private static func relativePath(of path: String) -> String {
    let depth = path.utf8.count { $0 == UInt8(ascii: "/") }
    return String(repeating: "../", count: depth) + path
  }

  public mutating func finish() throws {}

  public var notes: [String] {
    var notes: [String] = []
    if !hasImages { notes.append("images are named as if they lay beside the files") }
    if turned > 0 {
      notes.append(
        "places in \(counted(turned, "image")) with an EXIF orientation are those of the image turned upright, as LabelMe shows it"
      )
    }
    return notes + [sides.note].compactMap { $0 }
  }
}

/// Writes the shapes of one image.
private struct LabelMeShapes {
  /// Of the image as it is shown, in pixels; nil where it is not known.
  let size: SIMD2<Int>?
  private let orientation: ImageOrientation
  /// Of the stored image, in pixels.
  private let extent: SIMD2<Double>

  init(orientation: ImageOrientation, size: SIMD2<Int>?) {
    extent = size.map { SIMD2<Double>($0) } ?? .zero
    self.orientation = size == nil ? ImageOrientation(exif: 1) : orientation
    let swapsSides = self.orientation.uprightPoint(.init(0, 1), extent: .zero).x != 0
    self.size = size.map { swapsSides ? SIMD2($0.y, $0.x) : $0 }
  }

  func write(_ face: Face, group: Int, _ remarks: [String], to writer: inout JSONWriter) {
    let box = face.box
    let corners = [SIMD2(box.left, box.top), SIMD2(box.right, box.bottom)].map(shown)
    write("face", "rectangle", corners, group, flags: remarks, face.attributes.score, to: &writer)
    guard let landmarks = face.landmarks, let names = landmarks.layout.toolNames else { return }
    for (i, name) in names.enumerated() {
      guard let position = landmarks.position(i) else { continue }
      let flags = landmarks[i].visibility == .occluded ? ["occluded"] : []
      write(name, "point", [shown(position)], group, flags: flags, to: &writer)
    }
  }

  private func shown(_ point: SIMD2<Double>) -> SIMD2<Double> {
    orientation.isUpright ? point : orientation.uprightPoint(point, extent: extent)
  }

  private func write(
    _ label: String, _ type: String, _ points: [SIMD2<Double>], _ group: Int, flags: [String],
    _ score: Double? = nil, to writer: inout JSONWriter
  ) {
    writer.object {
      $0.key("label")
      $0.value(label)
      $0.key("points")
      $0.array {
        for point in points {
          $0.array {
            $0.value(point.x)
            $0.value(point.y)
          }
        }
      }
      $0.key("group_id")
      $0.value(group)
      $0.key("description")
      $0.value("")
      $0.key("shape_type")
      $0.value(type)
      $0.key("flags")
      Self.write(flags: flags, to: &$0)
      if let score {
        $0.key("score")
        $0.value(score)
      }
    }
  }

  /// Flags that are set.
  static func write(flags: [String], to writer: inout JSONWriter) {
    writer.object {
      for flag in flags {
        $0.key(named: flag)
        $0.value(true)
      }
    }
  }
}
