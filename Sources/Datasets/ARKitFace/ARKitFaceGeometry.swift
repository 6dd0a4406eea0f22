internal import Codecs
internal import Geometry
internal import Schema

/// What the arrays of a sample say in our terms.
struct ARKitFaceGeometry {
  /// The rotation nearest to the file's matrix, which float32 makes one to 1e-7 only.
  let pose: Extrinsics
  /// The vertices of `ARKitFace.landmarkVertices` as the camera sees them, occluded or not.
  let landmarks: Landmarks
  /// The least box round all vertices as the camera sees them, whether they are in the image or not.
  let box: BoundingBox

  /// - Throws: `NPYError`, naming the array.
  init(_ arrays: [NPZFile.Entry], camera: Intrinsics) throws {
    let map = try Self.map(Self.numbers("R_t", [4, 4], arrays))
    guard let pose = ARKitFaceConvention.pose(map) else {
      throw NPYError(name: "R_t", detail: "expected a rotation, found another matrix")
    }
    guard map.translation.z > 0 else {
      throw NPYError(
        name: "R_t",
        detail: "depth: expected a face before the camera, found \(map.translation.z) m")
    }
    self.pose = pose
    let vertices = try Self.numbers("verts", [ARKitFace.vertexCount, 3], arrays)
    func inCamera(_ i: Int) -> SIMD3<Double> {
      map.applied(to: SIMD3(vertices[3 * i], vertices[3 * i + 1], vertices[3 * i + 2]))
    }
    var (low, high) = (SIMD2(repeating: Double.infinity), SIMD2(repeating: -Double.infinity))
    var nearest = Double.infinity
    for i in 0..<ARKitFace.vertexCount {
      let point = inCamera(i)
      nearest = min(nearest, point.z)
      let pixel = camera.projection(of: point)
      low = SIMD2(min(low.x, pixel.x), min(low.y, pixel.y))
      high = SIMD2(max(high.x, pixel.x), max(high.y, pixel.y))
    }
    guard nearest > 0 else {
      throw NPYError(
        name: "verts",
        detail: "depth: expected vertices before the camera, found one at \(nearest) m")
    }
    guard (high - low).sum().isFinite else {
      throw NPYError(name: "verts", detail: "expected pixels, found numbers beyond float64")
    }
    let points = ARKitFace.landmarkVertices.map {
      Landmarks.Point(camera.projection(of: inCamera($0)))
    }
    landmarks = Landmarks(layout: .ibug68, points: points)
    box = BoundingBox(left: low.x, top: low.y, right: high.x, bottom: high.y)
  }

  private static func map(_ numbers: [Double]) throws -> AffineMap {
    let column = [numbers[3], numbers[7], numbers[11], numbers[15]]
    guard column == [0, 0, 0, 1] else {
      let found = column.map { "\($0)" }.joined(separator: ", ")
      throw NPYError(
        name: "R_t", detail: "last column: expected 0, 0, 0, 1, found \(found)")
    }
    return ARKitFaceConvention.cameraMap(numbers)
  }

  /// An array's finite numbers row by row.
  private static func numbers(
    _ name: String, _ shape: [Int], _ arrays: [NPZFile.Entry]
  ) throws -> [Double] {
    guard let entry = arrays.first(where: { $0.name == name }) else {
      let found = arrays.isEmpty ? "none" : arrays.map(\.name).joined(separator: ", ")
      throw NPYError(name: name, detail: "expected an array, found \(found)")
    }
    let array = try entry.array.get()
    guard array.shape == shape else {
      throw NPYError(
        name: name,
        detail: "expected \(shape[0]) x \(shape[1]) numbers, found \(array.shapeText)")
    }
    guard array.element.kind == .float else {
      throw NPYError(
        name: name, detail: "expected float32 or float64, found \(array.element.name)")
    }
    let numbers = array.doubles
    try checkFinite(numbers, array)
    return numbers
  }

  private static func checkFinite(_ numbers: [Double], _ array: NPYArray) throws {
    // One sum tells in most cases: it is finite only if all are.
    guard !numbers.reduce(0, +).isFinite, let i = numbers.firstIndex(where: { !$0.isFinite })
    else { return }
    throw NPYError(
      name: array.name,
      detail: "row \(i / array.shape[1] + 1): expected finite numbers, found \(numbers[i])")
  }
}
