public import Codecs
internal import Geometry
public import Schema

/// Writes poses and cameras in BIWI's form: `<sequence>/frame_FFFFF_pose.txt` beside its image, and one
/// `rgb.cal` and `depth.cal` for each sequence.
///
/// Text that records have kept is written unchanged where it still agrees with the record; otherwise numbers
/// are written with all their digits. Records of other datasets get sequences `hpdb/01`, `02`... of their own,
/// one for each camera; in these the depth camera stands at the colour camera's place.
public struct BiwiWriter: DatasetWriter {
  private let folder: OutputFolder
  /// The cameras written so far, by the sequence's folder.
  private var sequences: [String: Cameras] = [:]
  /// For each camera of records without a sequence: the folder, and how many frames it has.
  private var numbered: [(cameras: Cameras, folder: String, frames: Int)] = []

  /// The texts of a sequence's two files.
  struct Cameras: Equatable {
    var colour: String
    var depth: String?
  }

  /// The error for a record that contradicts what its sequence already has.
  public struct Conflict: Error, CustomStringConvertible {
    public var description: String
  }

  /// - Parameter folder: it is created if it is missing.
  public init(folder: String) { self.folder = OutputFolder(folder) }

  public func losses(of record: ImageRecord) -> [String] {
    var losses: [String] = []
    func lose(_ isLost: Bool, _ what: String) {
      if isLost { losses.append(what) }
    }
    let content = BiwiContent(record)
    lose(record.faces.isEmpty, "images without a face")
    lose(record.faces.count > 1, "all but one face of an image")
    lose(record.camera == nil, "images without a camera")
    lose(Self.place(of: record) == nil, "image names")
    lose(content == nil && record.camera != nil && !record.faces.isEmpty, "faces without a pose")
    guard let face = BiwiContent.face(of: record) else { return losses }
    lose(face.pose.map { $0.frame != .biwiHead } ?? false, "object frames of poses")
    lose(face.landmarks != nil, "landmarks")
    var attributes = face.attributes
    attributes.others.removeAll { BiwiAttributes.names.contains($0.name) }
    lose(attributes != FaceAttributes(), "attributes")
    guard let content else { return losses }
    lose(!content.isBox(face.box), "boxes")
    lose(
      record.source.dataset == DatasetName.biwi && content.ownText == nil,
      "where the depth camera is")
    return losses
  }

  /// - Throws: `Conflict` where the frames of a sequence have several cameras; `FileError`.
  @discardableResult
  public mutating func write(
    _ record: ImageRecord, image: StoredImage?
  ) throws -> WrittenRecord {
    guard let content = BiwiContent(record) else {
      let lacks = record.faces.isEmpty ? "a face" : record.camera == nil ? "a camera" : "a pose"
      return .nothing("images without \(lacks)")
    }
    let cameras = content.cameras
    let place = Self.place(of: record) ?? nextPlace(for: cameras)
    if let written = sequences[place.folder] {
      guard written == cameras else {
        throw Conflict(
          description:
            "record '\(record.id)': expected the camera of the frames before it in '\(place.folder)', found another"
        )
      }
    } else {
      try folder.write(cameras.colour.utf8, to: place.inFolder("rgb.cal"))
      if let depth = cameras.depth { try folder.write(depth.utf8, to: place.inFolder("depth.cal")) }
      sequences[place.folder] = cameras
    }
    try folder.write(content.poseText.utf8, to: place.sibling(.pose).path)
    guard let image else { return .oneFace(of: record) }
    switch image.header.format {
    case .jpeg:
      let kind = place.kind == .jpeg ? place.kind : .jpg
      try image.copy(to: folder.path(of: place.sibling(kind).path))
    case .png: try image.copy(to: folder.path(of: place.sibling(.png).path))
    // BIWI's own readers take these two kinds only.
    case .webp, .bmp: try folder.write(try image.png(), to: place.sibling(.png).path)
    }
    return .oneFace(of: record)
  }

  public func fileName(of record: ImageRecord) -> String? {
    Self.place(of: record)?.sibling(.pose).path
  }

  public mutating func finish() {}

  /// The frame's place in the dataset; nil for an image with another kind of name.
  private static func place(of record: ImageRecord) -> BiwiFile? {
    guard let file = BiwiFile(record.image.path), file.kind != .pose, file.kind != .depth else {
      return nil
    }
    return file
  }

  private mutating func nextPlace(for cameras: Cameras) -> BiwiFile {
    let index = numbered.firstIndex { $0.cameras == cameras }
    let i = index ?? numbered.count
    if index == nil {
      let number = i + 1
      numbered.append((cameras, "hpdb/" + number.digits(2), 0))
    }
    numbered[i].frames += 1
    let stem = "frame_" + numbered[i].frames.digits(5)
    return BiwiFile(folder: numbered[i].folder, stem: stem, kind: .png)
  }
}
