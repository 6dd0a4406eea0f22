public import Codecs
internal import Geometry
public import Schema

/// Writes what DirectMHP trains and tests with: images, COCO JSON with `euler_angles`, YOLO labels, and a
/// configuration (its exps/convert_coco_style_300wlp_aflw2000.py, utils/labels.py, utils/datasets.py).
///
///     data.yaml                                for --data; its `path` is to be set to the folder
///     annotations/train.json, validation.json  bbox x, y, width, height in pixels, clipped to the image;
///                                              euler_angles pitch, yaw, roll in degrees; face2d_pts as a list of
///                                              x and one of y, where there are 68 points
///     images/train/1000000.jpg, …              named by their ids, as its test needs them
///     labels/train/1000000.txt, …              0 xc yc w h pitch/180+.5 yaw/360+.5 roll/180+.5; box by image size
///     train.txt, validation.txt                the images' paths
///
/// Records of split `train`, or of none, are for training, others for validation. Angles are those of Pose_Para
/// (`EulerConvention.aflw`), and where pitch would be beyond 90° the other three that say the same, so that yaw is
/// within ±180° and the others within ±90°.
public struct DirectMHPWriter: DatasetWriter {
  private struct Part {
    let json: OutputFile
    let list: OutputFile
    let annotations: Spool
    var images = 0
  }

  private let path: String
  private let folder: OutputFolder
  private var parts: [String: Part] = [:]
  private var (images, faces, unposed) = (0, 0, 0)

  private static let firstID = 1_000_000

  /// - Parameter folder: it is there.
  public init(folder: String) { (path, self.folder) = (folder, OutputFolder(folder)) }

  /// It is a selection for one purpose, so only what is missing for that is lost.
  public func losses(of record: ImageRecord) -> [String] {
    record.faces.contains { $0.pose == nil } ? ["faces without a pose"] : []
  }

  /// - Throws: `MissingImages` where no image is given; `FileError`.
  @discardableResult
  public mutating func write(
    _ record: ImageRecord, image: StoredImage?
  ) throws -> WrittenRecord {
    guard let image else { throw MissingImages() }
    guard !record.faces.isEmpty else { return .nothing("images without a face") }
    let size = SIMD2(image.header.width, image.header.height)
    var (heads, leftOut): ([DirectMHPHead], [String]) = ([], [])
    for face in record.faces {
      switch DirectMHPHead.of(face, imageSize: size) {
      case .success(let head): heads.append(head)
      case .failure(let reason): leftOut.append(reason.text)
      }
    }
    guard !heads.isEmpty else {
      return WrittenRecord(isWritten: false, faces: 0, leftOut: leftOut)
    }
    unposed += leftOut.count
    let name = record.source.split ?? "train" == "train" ? "train" : "validation"
    let id = Self.firstID + images
    let file = "\(id).\(image.header.format.ending)"
    try image.copy(to: folder.path(of: "images/\(name)/\(file)"))
    try folder.write(
      heads.map { $0.label(imageSize: size) }.joined().utf8, to: "labels/\(name)/\(id).txt")
    try add(record, file, id, size, heads, to: name)
    images += 1
    return WrittenRecord(faces: heads.count, leftOut: leftOut)
  }

  private mutating func add(
    _ record: ImageRecord, _ file: String, _ id: Int, _ size: SIMD2<Int>,
    _ heads: [DirectMHPHead], to name: String
  ) throws {
    var part = try parts[name] ?? begin(name)
    var line = JSONWriter()
    line.object {
      $0.key("file_name")
      $0.value(file)
      $0.key("height")
      $0.value(size.y)
      $0.key("width")
      $0.value(size.x)
      $0.key("id")
      $0.value(id)
      $0.key("path")
      $0.value(record.image.path)
    }
    try part.json.write((part.images > 0 ? ",\n" : "\n").utf8)
    try part.json.write(line.bytes)
    try part.list.write("./images/\(name)/\(file)\n".utf8)
    for head in heads {
      var annotation = JSONWriter()
      head.write(to: &annotation, id: Self.firstID + faces, image: id)
      try part.annotations.append(annotation.bytes)
      faces += 1
    }
    part.images += 1
    parts[name] = part
  }

  private func begin(_ name: String) throws -> Part {
    let part = Part(
      json: try folder.file("annotations/\(name).json"), list: try folder.file("\(name).txt"),
      annotations: try Spool(in: path))
    try part.json.write(
      "{\"info\":{\"description\":\"heads, written by sixdof\"},\"images\":[".utf8)
    return part
  }

  public mutating func finish() throws {
    for part in parts.values {
      try part.json.write("\n],\"annotations\":[".utf8)
      for i in 0..<part.annotations.count {
        try part.json.write((i > 0 ? ",\n" : "\n").utf8)
        try part.json.write(part.annotations[i])
      }
      try part.json.write(
        "\n],\"categories\":[{\"supercategory\":\"person\",\"id\":1,\"name\":\"person\"}]}\n".utf8)
      try part.json.finish()
      try part.list.finish()
    }
    try folder.write(configuration.utf8, to: "data.yaml")
  }

  /// The trainer wants two sets, so where there is one it is named for both.
  private var configuration: String {
    let training = parts["train"] == nil ? "validation" : "train"
    let validation = parts["validation"] == nil ? "train" : "validation"
    return """
      # Set path to this folder, with no other 'images' in it.
      path: .
      labels: labels
      train: \(training).txt
      val: \(validation).txt
      train_annotations: annotations/\(training).json
      val_annotations: annotations/\(validation).json
      nc: 1
      num_angles: 3
      names: ['person']

      """
  }

  public var notes: [String] {
    var notes = parts.sorted { $0.key < $1.key }.map {
      "annotations/\($0.key).json and \($0.key).txt name \(counted($0.value.images, "image"))"
    }
    notes.append(
      "data.yaml's path is to be set to the folder; a path with 'images' in it misleads the loader")
    if parts.count == 1 {
      notes.append("there is one set, which data.yaml names for training and validation")
    }
    if unposed > 0 {
      notes.append(
        "\(counted(unposed, "head")) of the images have no label, so the trainer takes them for background"
      )
    }
    return notes
  }
}
