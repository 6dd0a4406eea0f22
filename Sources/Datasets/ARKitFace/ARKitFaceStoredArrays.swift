public import Codecs
internal import Geometry
public import Schema

/// The arrays of a face's `_info.npz`, looked up where its record has them: in itself, or in the dataset's own files.
public struct ARKitFaceStoredArrays: Sendable {
  /// An array as a file holds it: little-endian, in C order.
  typealias Stored = (name: String, dtype: String, shape: [Int], data: [UInt8])

  /// The datasets in which references are looked up.
  let sources: [FileTree]

  /// - Parameter sources: the datasets in which references are looked up, the first that has the file.
  public init(sources: [FileTree]) { self.sources = sources }

  /// The numbers of the arrays of a face: `verts`, row after row, and `R_t`, with `R_t` made from the pose where the
  /// record's own does not say the same.
  ///
  /// - Throws: `NPYError` where one is missing, is of another shape, or cannot be read; errors of reading.
  public func mesh(of face: Face) throws -> (vertices: [SIMD3<Double>], matrix: [Double]) {
    let arrays = try arrays(of: face)
    func numbers(_ name: String, _ shape: String, _ fits: ([Int]) -> Bool) throws -> [Double] {
      guard let stored = arrays.first(where: { $0.name == name }) else {
        throw NPYError(name: name, detail: "expected an array, found none")
      }
      guard fits(stored.shape) else {
        throw NPYError(name: name, detail: "expected \(shape) numbers, found \(stored.shape)")
      }
      let file = NPY.file(type: stored.dtype, shape: stored.shape, data: stored.data)
      return try file.withUnsafeBytes { try NPYArray($0, name: name).doubles }
    }
    let verts = try numbers("verts", "n x 3") { $0.count == 2 && $0[1] == 3 }
    return (
      stride(from: 0, to: verts.count, by: 3).map {
        SIMD3(verts[$0], verts[$0 + 1], verts[$0 + 2])
      },
      try numbers("R_t", "4 x 4") { $0 == [4, 4] }
    )
  }

  /// All arrays of a face, with `R_t` made from the pose where the record's own does not say the same.
  ///
  /// - Throws: `NPYError` where a reference does not lead to such an array; errors of reading.
  func arrays(of face: Face) throws -> [Stored] {
    var arrays: [Stored] = try face.nativeArrays.map {
      ($0.name, $0.dtype, $0.shape, try data(of: $0))
    }
    guard let pose = face.pose else { return arrays }
    let place = arrays.firstIndex { $0.name == "R_t" }
    if let place, Self.holds(arrays[place], pose) { return arrays }
    let numbers = RowTransform(pose.extrinsics, axes: .openGL).rowMajor
    let isDouble = place.map { arrays[$0].dtype == "<f8" } ?? false
    let made: Stored = (
      "R_t", isDouble ? "<f8" : "<f4", [4, 4], numbers.littleEndianBytes(isDouble: isDouble)
    )
    if let place { arrays[place] = made } else { arrays.append(made) }
    return arrays
  }

  /// Whether the array, read as a reader would, gives the pose.
  private static func holds(_ array: Stored, _ pose: HeadPose) -> Bool {
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
      let holders = sources.count > 1 ? sources.filter { $0.contains(path) } : sources
      guard let source = holders.first ?? sources.first else {
        throw NPYError(
          name: path, detail: "\(array.name): expected the dataset it is in, found none given")
      }
      guard holders.count < 2 else {
        throw NPYError(
          name: path,
          detail: "\(array.name): expected one dataset that has the file, found \(holders.count)")
      }
      return try source.withBytes(of: path, limit: 64 << 20) { bytes in
        try NPZFile(bytes).withArray(array.name, limit: 16 << 20) { $0.littleEndianBytes }
      }
    }
  }
}

extension Face {
  /// The arrays that the record keeps of the dataset's file.
  var nativeArrays: [NativeArray] {
    if case .arrays(let arrays) = native { arrays } else { [] }
  }
}
