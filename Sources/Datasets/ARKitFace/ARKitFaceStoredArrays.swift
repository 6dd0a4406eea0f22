public import Codecs
internal import Geometry
public import Schema

/// The arrays of a face's `_info.npz`, looked up where its record has them: in itself, or in the dataset's own files.
public struct ARKitFaceStoredArrays: Sendable {
  /// An array as a file holds it: little-endian, in C order.
  struct Stored {
    var name: String
    var dtype: String
    var shape: [Int]
    var data: [UInt8]

    /// As a whole `.npy` file.
    var file: [UInt8] { NPY.file(type: dtype, shape: shape, data: data) }

    /// Gives the array to the closure as a reader of its file gets it.
    func withArray<Result>(_ body: (NPYArray) throws -> Result) throws -> Result {
      try file.withUnsafeBytes { try body(NPYArray($0, name: name)) }
    }
  }

  /// The datasets in which references are looked up.
  let sources: [FileTree]

  /// - Parameter sources: the datasets in which references are looked up.
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
      return try stored.withArray { $0.doubles }
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
      Stored(name: $0.name, dtype: $0.dtype, shape: $0.shape, data: try data(of: $0))
    }
    guard let pose = face.pose?.extrinsics else { return arrays }
    let place = arrays.firstIndex { $0.name == "R_t" }
    if let place, Self.holds(arrays[place], pose) { return arrays }
    let numbers = RowTransform(pose, axes: .openGL).rowMajor
    let isDouble = place.map { arrays[$0].dtype == "<f8" } ?? false
    let made = Stored(
      name: "R_t", dtype: isDouble ? "<f8" : "<f4", shape: [4, 4],
      data: isDouble ? numbers.littleEndianBytes : numbers.map { Float($0) }.littleEndianBytes)
    if let place { arrays[place] = made } else { arrays.append(made) }
    return arrays
  }

  /// Whether the array, read as a reader would, gives the pose.
  private static func holds(_ array: Stored, _ pose: Extrinsics) -> Bool {
    guard array.shape == [4, 4], let numbers = try? array.withArray({ $0.doubles }),
      let native = RowTransform(axes: .openGL, rowMajor: numbers)?.extrinsics
    else { return false }
    return length(native.translation - pose.translation) <= 1e-12
      && native.rotation.angle(to: pose.rotation) <= 1e-9
  }

  private func data(of array: NativeArray) throws -> [UInt8] {
    switch array.content {
    case .bytes(let bytes):
      return bytes
    case .file(let path):
      let source: FileTree
      do throws(MissingReference) {
        source = try sources.holder(of: path)
      } catch {
        throw NPYError(name: path, detail: "\(array.name): \(error.detail)")
      }
      return try source.withBytes(of: path, limit: 64 << 20) { bytes in
        try NPZFile(bytes).withArray(array.name, limit: 16 << 20) { $0.littleEndianBytes }
      }
    }
  }
}
