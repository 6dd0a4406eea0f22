internal import Codecs
internal import Geometry
internal import Schema

/// The arrays of a face's `_info.npz`, looked up where its record has them: in itself, or in the dataset's own files.
struct ARKitFaceStoredArrays: Sendable {
  /// An array as a file holds it: little-endian, in C order.
  typealias Stored = (name: String, dtype: String, shape: [Int], data: [UInt8])

  /// The datasets in which references are looked up.
  let sources: [FileTree]

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
