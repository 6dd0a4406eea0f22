public import Codecs
internal import Geometry
public import Schema

/// Writes what Ultralytics' YOLO trains a pose model with: labels of a class, a box and five points, and `data.yaml`
/// (https://docs.ultralytics.com/datasets/pose).
///
///     data.yaml                        kpt_shape [5, 3], flip_idx, kpt_names, names; `train` and `val` name the lists
///     train.txt, val.txt, test.txt     the images' paths, by the records' splits; without one they are for training
///     images/FOLDER/STEM.jpg           where images are given
///     labels/FOLDER/STEM.txt           0 xc yc w h and five times x y v, in shares of width and height; v is 0 for
///                                      missing, 1 for occluded and 2 for visible
///
/// The trainer drops an image's labels where a place is beyond the image, so boxes are clipped to it and points outside
/// are missing.
public struct YOLOPoseWriter: DatasetWriter {
  private let folder: OutputFolder
  private var lists: [String: OutputFile] = [:]
  private var counts: [String: Int] = [:]
  private var hasImages = false
  private let sides = WrittenSides()
  private var text: [UInt8] = []

  /// - Parameter folder: it is there.
  public init(folder: String) { self.folder = OutputFolder(folder) }

  private static let splits = ["train", "val", "test"]
  private static let withoutArea = "faces whose box has no area in the image"
  private static let separators = "images with a line end or a blank at an end of their path"

  public func losses(of record: ImageRecord) -> [String] {
    var losses = RecordContents.losses(of: record, layouts: [.face5], lineEnds: true)
    losses += record.turningLosses()
    if !Self.isListed(record.image.path) { losses.append(Self.separators) }
    guard let size = record.size(or: nil) else { return losses }
    func add(_ loss: String, where isLost: (Face) -> Bool) {
      if record.faces.contains(where: isLost) { losses.append(loss) }
    }
    add(Self.withoutArea) { Self.box(of: $0, size) == nil }
    add("parts of boxes beyond the image") {
      $0.box.leaves(imageWidth: size.x, imageHeight: size.y) && Self.box(of: $0, size) != nil
    }
    add("points beyond the image") { face in
      let points = face.landmarks?.layout == .face5 ? face.landmarks : nil
      return (0..<(points?.count ?? 0)).contains { i in
        points?.position(i).map { !Self.holds($0, size) } ?? false
      }
    }
    return losses
  }

  public func fileName(of record: ImageRecord) -> String? {
    YOLOLabels.label(of: Self.place(of: record))
  }

  /// Where the image is: in a folder `images`, for the trainer looks for labels in the folder `labels` in its place.
  private static func place(of record: ImageRecord) -> String {
    let path = record.image.path
    return YOLOLabels.isInImages(path) ? path : "images/" + path
  }

  /// Whether a line of a list can name the image.
  private static func isListed(_ path: String) -> Bool {
    !path.hasLineEnd && path.utf8.last != UInt8(ascii: " ")
  }

  @discardableResult
  public mutating func write(
    _ record: ImageRecord, image: StoredImage?
  ) throws -> WrittenRecord {
    guard let size = record.size(or: image) else { return .nothing(ImageRecord.withoutSize) }
    guard Self.isListed(record.image.path) else { return .nothing(Self.separators) }
    let place = Self.place(of: record)
    text.removeAll(keepingCapacity: true)
    var written = WrittenRecord(faces: 0)
    for face in record.faces {
      if add(face, size) {
        written.faces += 1
        sides.count(face.landmarks)
      } else {
        written.leftOut.append(Self.withoutArea)
      }
    }
    try folder.write(text, to: YOLOLabels.label(of: place))
    if let image {
      try image.copy(to: folder.path(of: place))
      hasImages = true
    }
    let split = record.source.split.flatMap { Self.splits.contains($0) ? $0 : nil } ?? "train"
    let list = try lists[split] ?? folder.file("\(split).txt")
    lists[split] = list
    try list.write("./\(place)\n".utf8)
    counts[split, default: 0] += 1
    return written
  }

  // MARK: Rows

  /// The part of the box that is in the image, in pixels; nil where there is none.
  private static func box(of face: Face, _ size: SIMD2<Int>) -> BoundingBox? {
    let box = face.box.clipped(toWidth: size.x, height: size.y)
    return box.isDegenerate ? nil : box
  }

  private static func holds(_ point: SIMD2<Double>, _ size: SIMD2<Int>) -> Bool {
    point.x >= 0 && point.y >= 0 && point.x <= Double(size.x) && point.y <= Double(size.y)
  }

  /// - Returns: false where the face has no part in the image.
  private mutating func add(_ face: Face, _ size: SIMD2<Int>) -> Bool {
    guard let box = Self.box(of: face, size) else { return false }
    let extent = SIMD2<Double>(size)
    text.append(UInt8(ascii: "0"))
    add(box.centre / extent)
    add(SIMD2(box.width, box.height) / extent)
    let points = face.landmarks?.fivePoints
    for i in 0..<Landmarks.Layout.face5.count {
      let position = points?.position(i).flatMap { Self.holds($0, size) ? $0 : nil }
      add((position ?? .zero) / extent)
      let v = position == nil ? 0 : points?[i].visibility.number ?? 0
      text.append(contentsOf: " \(v)".utf8)
    }
    text.append(UInt8(ascii: "\n"))
    return true
  }

  private mutating func add(_ shares: SIMD2<Double>) {
    for share in [shares.x, shares.y] {
      text.append(UInt8(ascii: " "))
      text.append(contentsOf: "\(share)".utf8)
    }
  }

  // MARK: Lists

  public mutating func finish() throws {
    for list in lists.values { try list.finish() }
    try folder.write(configuration.utf8, to: "data.yaml")
  }

  /// The trainer wants two sets, so where there is one it is named for both. Without `path`, the sets are looked for
  /// beside the file.
  private var configuration: String {
    let training = Self.splits.first { lists[$0] != nil } ?? "train"
    let validation = lists["val"] != nil ? "val" : lists["test"] != nil ? "test" : training
    let names = (Landmarks.Layout.face5.toolNames ?? []).joined(separator: ", ")
    return """
      # Faces with five points; left is the image's left.
      train: \(training).txt
      val: \(validation).txt
      \(lists["test"] == nil ? "" : "test: test.txt\n")kpt_shape: [5, 3]
      flip_idx: [1, 0, 2, 4, 3]
      names:
        0: face
      kpt_names:
        0: [\(names)]
      \(StatedSide.name): \(StatedSide.ours.rawValue)

      """
  }

  public var notes: [String] {
    var notes = Self.splits.compactMap { split in
      counts[split].map { "\(split).txt names \(counted($0, "image"))" }
    }
    if !hasImages {
      notes.append("images are named below 'images', where they are to be put beside 'labels'")
    }
    if counts.count == 1 {
      notes.append("there is one set, which data.yaml names for training and validation")
    }
    return notes + [sides.note].compactMap { $0 }
  }
}
