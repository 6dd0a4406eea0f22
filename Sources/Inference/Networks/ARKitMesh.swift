internal import Codecs
internal import Geometry
internal import Schema

/// The face mesh of ARKitFace, which PerspNet and TRG predict.
enum ARKitMesh {
  static let vertexCount = 1220

  /// The vertices that are the 68 landmarks of iBUG, from `kpt_ind.npy`.
  ///
  /// - Throws: `NPYError` where the array does not hold 68 numbers of vertices.
  static func landmarkVertices(_ array: NPYArray) throws -> [Int] {
    guard array.shape == [68] else {
      throw NPYError(name: array.name, detail: "expected 68 numbers, found \(array.shapeText)")
    }
    let numbers = try array.integers()
    if let other = numbers.first(where: { !(0..<vertexCount).contains($0) }) {
      throw NPYError(
        name: array.name, detail: "expected vertices from 0 to \(vertexCount - 1), found \(other)")
    }
    return numbers
  }

  /// Vertices, given in our axes, as an array like ARKitFace's own: y up, z toward the viewer, float32.
  static func native(_ vertices: [SIMD3<Double>]) -> NativeArray {
    let numbers = vertices.flatMap { [Float($0.x), -Float($0.y), -Float($0.z)] }
    return NativeArray(
      name: "verts", dtype: "<f4", shape: [vertices.count, 3],
      content: .bytes(numbers.littleEndianBytes))
  }
}

extension NativeArray {
  /// A one-dimensional array of float64 numbers.
  init(name: String, _ numbers: [Double]) {
    self.init(
      name: name, dtype: "<f8", shape: [numbers.count],
      content: .bytes(numbers.littleEndianBytes))
  }
}
