internal import Codecs
internal import Geometry
internal import Schema

/// A sample's arrays in our own terms.
struct ARKitFaceGeometry {
  /// The face's pose. The rotation is the one nearest to the file's matrix, which is a rotation only to the
  /// 1e-7 of float32.
  let pose: Extrinsics
  /// The vertices of `ARKitFace.landmarkVertices` in pixels, occluded or not.
  let landmarks: Landmarks
  /// The smallest box around all projected vertices, whether they are in the image or not.
  let box: BoundingBox

  /// How far a float16 matrix, which has three digits, may be from a rotation.
  private static let halfTolerance = 4e-3

  /// - Throws: `NPYError` with the array's name, where an array is missing or malformed.
  init(_ arrays: [NPZFile.Entry], camera: Intrinsics) throws {
    let isHalf = arrays.contains { $0.name == "R_t" && (try? $0.array.get().element.width) == 2 }
    let transform = try Self.transform(Self.numbers("R_t", [4, 4], arrays))
    let map = AffineMap(rowTransform: transform, axes: .openGL)
    guard
      let pose = RowTransform(
        axes: .openGL, rowMajor: transform, tolerance: isHalf ? Self.halfTolerance : 1e-3)?
        .extrinsics
    else {
      throw NPYError(name: "R_t", detail: "expected a rotation, found another matrix")
    }
    guard map.translation.z > 0 else {
      throw NPYError(
        name: "R_t",
        detail: "depth: expected a face before the camera, found \(map.translation.z) m")
    }
    guard pose.isPlausible else {
      throw NPYError(
        name: "R_t",
        detail:
          "translation: expected \(PlausibleRange.translation.text), found \(map.translation)")
    }
    self.pose = pose
    let vertices = try Self.numbers("verts", [ARKitFace.vertexCount, 3], arrays)
    let (low, high, nearest) = Self.extent(vertices, map, camera)
    guard nearest > 0 else {
      throw NPYError(
        name: "verts",
        detail: "depth: expected vertices before the camera, found one at \(nearest) m")
    }
    let box = BoundingBox(left: low.x, top: low.y, right: high.x, bottom: high.y)
    guard box.isPlausible else {
      throw NPYError(
        name: "verts",
        detail:
          "expected vertices whose pixels are \(PlausibleRange.coordinate.text), found \(low) to \(high)"
      )
    }
    let points = ARKitFace.landmarkVertices.map { i in
      let vertex = SIMD3(vertices[3 * i], vertices[3 * i + 1], vertices[3 * i + 2])
      return Landmarks.Point(camera.projection(of: map.applied(to: vertex)))
    }
    landmarks = Landmarks(layout: .ibug68, points: points)
    self.box = box
  }

  /// The smallest box around the projected vertices, and the depth of the nearest vertex.
  ///
  /// The sums are those of `AffineMap.applied(to:)` and `Intrinsics.projection(of:)`, written out in single
  /// numbers: all vertices of 900,000 images pass here, and vectors of three have a fourth lane to carry.
  private static func extent(
    _ vertices: [Double], _ map: AffineMap, _ camera: Intrinsics
  ) -> (low: SIMD2<Double>, high: SIMD2<Double>, nearest: Double) {
    let (a, b, c, t) = (map.rows.0, map.rows.1, map.rows.2, map.translation)
    let (ax, ay, az, bx, by, bz) = (a.x, a.y, a.z, b.x, b.y, b.z)
    let (cx, cy, cz, tx, ty, tz) = (c.x, c.y, c.z, t.x, t.y, t.z)
    let (focal, centre) = (camera.focalLength, camera.principalPoint)
    let (fx, fy, ux, uy) = (focal.x, focal.y, centre.x, centre.y)
    var (left, top) = (Double.infinity, Double.infinity)
    var (right, bottom) = (-Double.infinity, -Double.infinity)
    var nearest = Double.infinity
    vertices.withUnsafeBufferPointer { numbers in
      for i in stride(from: 0, to: numbers.count, by: 3) {
        let (x, y, z) = (numbers[i], numbers[i + 1], numbers[i + 2])
        let depth = cx * x + cy * y + cz * z + tz
        let u = fx * (ax * x + ay * y + az * z + tx) / depth + ux
        let v = fy * (bx * x + by * y + bz * z + ty) / depth + uy
        nearest = depth < nearest ? depth : nearest
        left = u < left ? u : left
        right = u > right ? u : right
        top = v < top ? v : top
        bottom = v > bottom ? v : bottom
      }
    }
    return (SIMD2(left, top), SIMD2(right, bottom), nearest)
  }

  /// Checks that the matrix is for row vectors, for one for column vectors would pass as a rotation too.
  private static func transform(_ numbers: [Double]) throws -> [Double] {
    let column = [numbers[3], numbers[7], numbers[11], numbers[15]]
    guard column == [0, 0, 0, 1] else {
      let found = column.map { "\($0)" }.joined(separator: ", ")
      throw NPYError(
        name: "R_t", detail: "last column: expected 0, 0, 0, 1, found \(found)")
    }
    return numbers
  }

  /// An array's numbers row by row, all finite.
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
    // Tests the exponent's bits, which are all set in a number that is not finite, in a loop without branches.
    let exponent = Double.infinity.bitPattern
    let isFinite = numbers.reduce(true) { $0 && ($1.bitPattern & exponent) != exponent }
    guard !isFinite, let i = numbers.firstIndex(where: { !$0.isFinite }) else { return }
    throw NPYError(
      name: array.name,
      detail: "row \(i / array.shape[1] + 1): expected finite numbers, found \(numbers[i])")
  }
}
