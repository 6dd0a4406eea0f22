public import Codecs
internal import Geometry
public import Schema

/// Writes `.pts` files as iBUG's 300-W has them: the 68 points of one face a file, x and y in pixels that count from 1,
/// beside the image of the same name where images are given (https://ibug.doc.ic.ac.uk/resources/300-W).
///
/// Of an image with several faces the files are `STEM_1.pts`, `STEM_2.pts` and so on, each beside a copy of the image, as
/// in HELEN. The form knows no hidden points, so a face of which some are missing is left out.
public struct PTSWriter: DatasetWriter {
  private let folder: OutputFolder
  private var names: Set<String> = []
  private var hasImages = false

  /// - Parameter folder: it is there.
  public init(folder: String) { self.folder = OutputFolder(folder) }

  private static let withoutPoints = "faces without all of iBUG's 68 points"

  public func losses(of record: ImageRecord) -> [String] {
    var losses = RecordContents.losses(
      of: record, layouts: [.ibug68], lineEnds: true, occlusion: false,
      attributes: ["bbox_from"])
    let faces = record.faces.filter { $0.landmarks?.sixtyEightPoints != nil }
    if faces.count < record.faces.count { losses.append(Self.withoutPoints) }
    if record.faces.isEmpty { losses.append("images without a face") }
    if faces.contains(where: { !$0.hasBoundsAsBox }) { losses.append("boxes") }
    if record.faces.count > 1 { losses.append("that several faces are of one image") }
    if PTSReader.isNamedAsAFLW(record.image.stem.split(separator: "/").last ?? "") {
      losses.append("images named as AFLW's, whose points readers of MERL-RAV count from 0")
    }
    if faces.contains(where: Self.isReadAsHidden) {
      losses.append("points left of and above the image, which mean hidden ones in MERL-RAV")
    }
    return losses
  }

  /// Whether signs of the written numbers would tell hidden points: some pairs are negative, and none by half.
  private static func isReadAsHidden(_ face: Face) -> Bool {
    PTSReader.areSigned(face.landmarks?.sixtyEightPoints?.map { $0 + SIMD2(1, 1) } ?? [])
  }

  @discardableResult
  public mutating func write(
    _ record: ImageRecord, image: StoredImage?
  ) throws -> WrittenRecord {
    guard !record.faces.isEmpty else { return .nothing("images without a face") }
    var written = WrittenRecord(isWritten: false, faces: 0)
    let path = record.image.path
    let ending = path.utf8.dropFirst(record.image.stem.utf8.count)
    for (i, face) in record.faces.enumerated() {
      guard let points = face.landmarks?.sixtyEightPoints else {
        written.leftOut.append(Self.withoutPoints)
        continue
      }
      let stem = String(record.image.stem) + (record.faces.count > 1 ? "_\(i + 1)" : "")
      guard names.insert(stem).inserted else {
        written.leftOut.append("faces whose file another one has too")
        continue
      }
      try folder.write(Self.text(points).utf8, to: stem + ".pts")
      if let image {
        try image.copy(to: folder.path(of: stem + String(Substring(ending))))
        hasImages = true
      }
      written.faces += 1
      written.isWritten = true
    }
    return written
  }

  private static func text(_ points: [SIMD2<Double>]) -> String {
    var text = "version: 1\nn_points: \(points.count)\n{\n"
    for point in points { text += "\(point.x + 1) \(point.y + 1)\n" }
    return text + "}\n"
  }

  public mutating func finish() throws {}

  public var notes: [String] {
    hasImages ? [] : ["a file stands for the image of the same name, which is to be put beside it"]
  }
}

extension Face {
  /// Whether the box is the bounds of the landmarks, so that it need not be written beside them.
  fileprivate var hasBoundsAsBox: Bool {
    let points = landmarks.map { all in (0..<all.count).compactMap(all.position) } ?? []
    return BoundingBox(around: points) == box
  }
}
