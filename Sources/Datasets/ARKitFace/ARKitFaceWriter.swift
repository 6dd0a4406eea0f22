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
  private let source: FileTree?
  private var lists: [String: OutputFile] = [:]

  /// - Parameters:
  ///   - folder: it is created if it is missing.
  ///   - layout: nil to keep each record's own paths, or PerspNet's layout where they show none.
  ///   - isCompressed: whether arrays are deflated.
  ///   - source: the dataset in which references to arrays are looked up.
  public init(
    folder: String, layout: Layout? = nil, isCompressed: Bool = false, source: FileTree? = nil
  ) {
    (self.folder, self.layout) = (OutputFolder(folder), layout)
    (self.isCompressed, self.source) = (isCompressed, source)
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
    } else if case .file = vertices?.content, source == nil {
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
    let arrays = try self.arrays(of: face)
    guard !arrays.isEmpty else { return .nothing("images without a pose or arrays") }
    let paths = ARKitFacePaths(of: record, layout: layout)
    if let imageBytes { try folder.write(imageBytes, to: paths.image) }
    var file = NPZWriter(isCompressed: isCompressed)
    for array in arrays {
      file.add(array.name, npy: NPY.file(type: array.dtype, shape: array.shape, data: array.data))
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

  private typealias WrittenArray = (name: String, dtype: String, shape: [Int], data: [UInt8])

  /// The arrays to write: those of the record, with `R_t` made from the pose where the two differ.
  private func arrays(of face: Face) throws -> [WrittenArray] {
    var arrays: [WrittenArray] = try face.nativeArrays.map {
      ($0.name, $0.dtype, $0.shape, try data(of: $0))
    }
    guard let pose = face.pose else { return arrays }
    let place = arrays.firstIndex { $0.name == "R_t" }
    if let place, Self.holds(arrays[place], pose) { return arrays }
    let numbers = RowTransform(pose.extrinsics, axes: .openGL).rowMajor
    let isDouble = place.map { arrays[$0].dtype == "<f8" } ?? false
    let made: WrittenArray = (
      "R_t", isDouble ? "<f8" : "<f4", [4, 4], numbers.littleEndianBytes(isDouble: isDouble)
    )
    if let place { arrays[place] = made } else { arrays.append(made) }
    return arrays
  }

  /// Whether the array, read as a reader would, gives the pose.
  private static func holds(_ array: WrittenArray, _ pose: HeadPose) -> Bool {
    let file = NPY.file(type: array.dtype, shape: array.shape, data: array.data)
    return file.withUnsafeBytes { bytes in
      guard let found = try? NPYArray(bytes, name: array.name), found.shape == [4, 4],
        let native = RowTransform(axes: .openGL, rowMajor: found.doubles)?.extrinsics
      else { return false }
      return length(native.translation - pose.translation) <= 1e-12
        && native.rotation.angle(to: pose.extrinsics.rotation) <= 1e-9
    }
  }

  private func data(of array: NativeArray) throws -> [UInt8] {
    switch array.content {
    case .bytes(let bytes):
      return bytes
    case .file(let path):
      guard let source else {
        throw NPYError(
          name: path, detail: "\(array.name): expected the dataset it is in, found none given")
      }
      return try source.withBytes(of: path, limit: 64 << 20) { bytes in
        try NPZFile(bytes).withArray(array.name, limit: 16 << 20) { $0.littleEndianBytes }
      }
    }
  }
}

extension Face {
  fileprivate var nativeArrays: [NativeArray] {
    if case .arrays(let arrays) = native { arrays } else { [] }
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

extension [Double] {
  /// The numbers as float64, or rounded to float32, one after the other.
  func littleEndianBytes(isDouble: Bool) -> [UInt8] {
    var bytes: [UInt8] = []
    for value in self {
      if isDouble {
        Swift.withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes += $0 }
      } else {
        Swift.withUnsafeBytes(of: Float(value).bitPattern.littleEndian) { bytes += $0 }
      }
    }
    return bytes
  }
}
