public import Codecs
internal import Geometry
public import Schema

/// Writes ARKitFace's arrays, lists and images.
///
/// Arrays of a record that was read from the dataset are written back with the same values, names, types and
/// shapes, and its list's rows byte for byte; only `R_t` is made anew where the pose was changed since.
/// Big-endian arrays become little-endian, and those in Fortran's order become C's.
public struct ARKitFaceWriter: DatasetWriter {
  /// Which tree of folders is written.
  public enum Layout: String, Sendable, CaseIterable {
    /// The layout of PerspNet and WCPA: `image/`, `info/`.
    case perspNet = "perspnet"
    /// The layout of TRG: `ARKitFace_image_<split>/image/`, and always a list.
    case trg
  }

  private let folder: OutputFolder
  private let layout: Layout?
  private let isCompressed: Bool
  private let stored: ARKitFaceStoredArrays
  private var lists: [String: OutputFile] = [:]

  /// - Parameters:
  ///   - folder: it is created if it is missing.
  ///   - layout: nil to keep each record's own paths, or PerspNet's layout where they show none.
  ///   - isCompressed: whether arrays are deflated.
  ///   - sources: the datasets in which references to arrays are looked up.
  public init(
    folder: String, layout: Layout? = nil, isCompressed: Bool = false, sources: [FileTree] = []
  ) {
    (self.folder, self.layout) = (OutputFolder(folder), layout)
    self.isCompressed = isCompressed
    stored = ARKitFaceStoredArrays(sources: sources)
  }

  public func losses(of record: ImageRecord) -> [String] {
    guard let face = record.faces.first else { return ["images without a face"] }
    var losses: [String] = []
    if record.faces.count > 1 { losses.append("faces beyond the first") }
    let arrays = face.nativeArrays
    let vertices = arrays.first { $0.name == "verts" }
    if vertices == nil {
      losses.append("boxes, which follow from vertices ('verts') that the record lacks")
      if let landmarks = face.landmarks, !landmarks.areWholeNumbers {
        losses.append("landmarks beside whole numbers")
      }
    } else if case .file = vertices?.content, stored.sources.isEmpty {
      losses.append("vertices, which are in a file of a dataset that is not given")
    }
    if face.pose == nil { losses.append("faces without a pose") }
    if let frame = face.pose?.frame, frame != .arkit {
      losses.append("poses' frame '\(frame.rawValue)'")
    }
    if let camera = record.camera, camera.provenance != .datasetProjection {
      losses.append("cameras other than the dataset's")
    }
    if face.fit != nil { losses.append("the fit's quality") }
    var attributes = face.attributes
    attributes.others = []
    if attributes != FaceAttributes() { losses.append("attributes such as blur or occlusion") }
    return losses
  }

  /// - Throws: `FileError`, or `NPYError` where a reference does not lead to such an array.
  @discardableResult
  public mutating func write(
    _ record: ImageRecord, image: StoredImage?
  ) throws -> WrittenRecord {
    try write(record, imageBytes: image?.bytes())
  }

  public func fileName(of record: ImageRecord) -> String? {
    ARKitFacePaths(of: record, layout: layout).info
  }

  @discardableResult
  mutating func write(_ record: ImageRecord, imageBytes: [UInt8]?) throws -> WrittenRecord {
    guard let face = record.faces.first else { return .nothing("images without a face") }
    let arrays = try stored.arrays(of: face)
    guard !arrays.isEmpty else { return .nothing("images without a pose or arrays") }
    let paths = ARKitFacePaths(of: record, layout: layout)
    if let imageBytes { try folder.write(imageBytes, to: paths.image) }
    var file = NPZWriter(isCompressed: isCompressed)
    for array in arrays {
      file.add(array.name, npy: array.file)
    }
    try folder.write(file.finished(), to: paths.info)
    if let landmarks = face.landmarks, landmarks.areWholeNumbers {
      try folder.write(landmarks.wholeNumberText.utf8, to: paths.landmarks)
    }
    guard let list = paths.list else { return .oneFace(of: record) }
    if lists[list.path] == nil {
      let file = try folder.file(list.path)
      try file.write((list.header + "\n").utf8)
      lists[list.path] = file
    }
    try lists[list.path]?.write((list.row + "\n").utf8)
    return .oneFace(of: record)
  }

  public mutating func finish() throws {
    for list in lists.values { try list.finish() }
    lists = [:]
  }
}

extension Landmarks {
  /// Whether they are 68 points in whole pixels, as WCPA's files hold them.
  fileprivate var areWholeNumbers: Bool {
    layout == .ibug68
      && (0..<count).allSatisfy { i in
        position(i).map { $0 == $0.rounded(.towardZero) && abs($0.x) + abs($0.y) < 1e9 } ?? false
      }
  }

  fileprivate var wholeNumberText: String {
    (0..<count).compactMap(position).map { "\(Int($0.x)) \(Int($0.y))\n" }.joined()
  }
}
