public import Geometry
internal import Rendering
public import Schema

/// Makes of a face's mesh what PerspNet's loader makes of it (TARGETS §2.2-2.6). It holds the rasteriser's buffers, so use one
/// for each thread.
public struct PerspNetTargets {
  /// Why a face cannot be a sample: "what: expected X, found Y".
  public enum Refusal: Error, Sendable, Equatable {
    /// Numbers that no mesh has.
    case mesh(String)
    /// A vertex that is not before the camera.
    case behindCamera(String)
    /// No skin is in the part of the image that a sample may show.
    case outsideImage(String)
  }

  /// The loader's region reaches .75 of the face's extent to each side; training moves it by .15 and scales it by 1.05
  /// (TARGETS §1.4), so that it is within .9375.
  private static let reach = 0.9375

  private let triangles: [SIMD3<Int32>]
  /// Of each triangle. The last ones close the eyes and the mouth.
  private let kinds: [Kind]
  /// Whether a vertex is on the rim of an eye or of the mouth, which the mask leaves out.
  private let isRim: [Bool]
  private var raster = PerspNetRaster()

  /// Whether the mask is 1 where a triangle is seen.
  private enum Kind: UInt8 { case never, always, beyondRim }

  /// With the dataset's triangles.
  public init(_ tables: ARKitFaceTables) {
    triangles = tables.triangles + PerspNetRims.all.flatMap(PerspNetRims.lid)
    var isRim = Array(repeating: false, count: ARKitFaceTables.vertexCount)
    for rim in PerspNetRims.all { for vertex in rim { isRim[vertex] = true } }
    self.isRim = isRim
    kinds = triangles.enumerated().map { i, triangle in
      guard i < tables.triangles.count else { return .never }
      let touchesRim = (0..<3).contains { isRim[Int(triangle[$0])] }
      return touchesRim ? .beyondRim : .always
    }
  }

  /// What the loader makes of a face, without its image.
  ///
  /// - Parameters:
  ///   - mesh: the vertices in the object's axes as files have them: y up, z toward the viewer, metres.
  ///   - matrix: `R_t` as files have it, row after row.
  ///   - camera: the image's.
  ///   - imageSize: width and height in pixels.
  public mutating func face(
    _ mesh: [SIMD3<Double>], matrix: [Double], camera: Intrinsics, imageSize: SIMD2<Int>
  ) throws(Refusal) -> PerspNetFace {
    guard let transform = RowTransform(axes: .openGL, rowMajor: matrix),
      PlausibleRange.translation.contains(transform.translation)
    else {
      throw .mesh("R_t: expected a rotation and a translation of row vectors, found \(matrix)")
    }
    let camera = Self.rounded(camera, imageSize)
    let projected = try Self.project(mesh, matrix, camera)
    let landmarks = ARKitFaceTables.landmarkVertices.map { SIMD2(projected[$0].x, projected[$0].y) }
    guard let square = LandmarkSquare(around: landmarks) else {
      preconditionFailure("there are 68 plausible landmarks")
    }
    let (centre, extent) = (square.centre, square.extent)
    let reach = Self.reach * extent + 1
    let columns = Self.pixels(centre.x - reach, centre.x + reach, imageSize.x)
    let rows = Self.pixels(centre.y - reach, centre.y + reach, imageSize.y)
    let outside = Refusal.outsideImage(
      "face: expected a part of it within \(imageSize.x) x \(imageSize.y), found it about \(centre.x), \(centre.y)"
    )
    guard !columns.isEmpty, !rows.isEmpty else { throw outside }
    let vertices = projected.map { SIMD3<Float>($0) }
    raster.draw(
      vertices, triangles, imageSize: (imageSize.x, imageSize.y), columns: columns, rows: rows)
    guard let (box, indices) = mask(vertices, columns, rows) else { throw outside }
    return PerspNetFace(
      vertices: mesh.map { SIMD3<Float>($0) },
      matrix: matrix.map { Float($0) }, camera: camera,
      imageSize: imageSize,
      region: square.region, centre: centre, extent: extent, landmarks: landmarks, maskBox: box,
      triangles: indices)
  }

  /// The columns and rows of the image that a sample of the face may show, with room for interpolation.
  public static func window(of face: PerspNetFace) -> (columns: Range<Int>, rows: Range<Int>) {
    let reach = Self.reach * face.extent + 3
    return (
      pixels(face.centre.x - reach, face.centre.x + reach, face.imageSize.x),
      pixels(face.centre.y - reach, face.centre.y + reach, face.imageSize.y)
    )
  }

  /// The camera of the loader's projection matrix, whose focal lengths are float32 in units of half the image's sides.
  private static func rounded(_ camera: Intrinsics, _ imageSize: SIMD2<Int>) -> Intrinsics {
    let half = SIMD2(Double(imageSize.x), Double(imageSize.y)) / 2
    let scale = SIMD2<Double>(SIMD2<Float>(camera.focalLength / half))
    return Intrinsics(focalLength: scale * half, principalPoint: camera.principalPoint)
  }

  /// x and y in pixels, and the depth as the rasteriser wants it, larger the nearer.
  ///
  /// The matrix is taken as it is stored, in float32 not quite a rotation, since the loader does.
  static func project(
    _ mesh: [SIMD3<Double>], _ matrix: [Double], _ camera: Intrinsics
  ) throws(Refusal) -> [SIMD3<Double>] {
    guard mesh.count == ARKitFaceTables.vertexCount else {
      throw .mesh("verts: expected \(ARKitFaceTables.vertexCount) vertices, found \(mesh.count)")
    }
    let rows = (0..<4).map { SIMD3(matrix[4 * $0], matrix[4 * $0 + 1], matrix[4 * $0 + 2]) }
    var projected: [SIMD3<Double>] = []
    projected.reserveCapacity(mesh.count)
    for (i, vertex) in mesh.enumerated() {
      guard PlausibleRange.translation.contains(vertex) else {
        throw .mesh(
          "verts: vertex \(i): expected \(PlausibleRange.translation.text), found \(vertex.x), \(vertex.y), \(vertex.z)"
        )
      }
      let point =
        Rotation.yUp * (vertex.x * rows[0] + vertex.y * rows[1] + vertex.z * rows[2] + rows[3])
      guard point.z > 0 else {
        throw .behindCamera(
          "verts: vertex \(i): expected a depth above 0, found \(point.z) metres")
      }
      let position = camera.projection(of: point)
      guard PlausibleRange.coordinate.contains(position) else {
        throw .mesh(
          "verts: vertex \(i): expected \(PlausibleRange.coordinate.text) in the image, found \(position.x), \(position.y)"
        )
      }
      projected.append(SIMD3(position.x, position.y, -point.z))
    }
    return projected
  }

  /// The pixels of a side from one coordinate to another, as far as the image has them.
  private static func pixels(_ from: Double, _ to: Double, _ limit: Int) -> Range<Int> {
    let first = max(from.rounded(.down), 0)
    let last = min(to.rounded(.up), Double(limit - 1))
    return first <= last ? Int(first)..<Int(last) + 1 : 0..<0
  }

  /// The smallest box about the mask, and the triangles in it.
  ///
  /// The mask is where the loader's is 1: the mean of the corners' values, 0 for the rims' vertices and 1 for others,
  /// is above 0. Where a lid is seen it is 0 throughout.
  private func mask(
    _ vertices: [SIMD3<Float>], _ columns: Range<Int>, _ rows: Range<Int>
  ) -> (IntegerBox, [UInt16])? {
    var box: IntegerBox?
    let skin = [UInt16](unsafeUninitializedCapacity: columns.count * rows.count) { skin, count in
      for y in rows {
        let start = count
        let (first, last) = raster.withIndices(ofRow: y) { indices in
          var (first, last) = (Int.max, -1)
          for i in 0..<indices.count {
            let index = indices[i]
            guard index >= 0, isSkin(Int(index), vertices, columns.lowerBound + i, y) else {
              skin.initializeElement(at: start + i, to: PerspNetFace.noTriangle)
              continue
            }
            skin.initializeElement(at: start + i, to: UInt16(truncatingIfNeeded: index))
            (first, last) = (min(first, i), i)
          }
          return (first, last)
        }
        count += columns.count
        guard last >= 0 else { continue }
        let (left, right) = (columns.lowerBound + first, columns.lowerBound + last + 1)
        box = IntegerBox(
          left: min(box?.left ?? left, left), top: box?.top ?? y,
          right: max(box?.right ?? right, right), bottom: y + 1)
      }
    }
    guard let box else { return nil }
    var inside: [UInt16] = []
    inside.reserveCapacity(box.width * box.height)
    for y in box.top..<box.bottom {
      let start = (y - rows.lowerBound) * columns.count - columns.lowerBound
      inside.append(contentsOf: skin[start + box.left..<start + box.right])
    }
    return (box, inside)
  }

  @inline(__always)
  private func isSkin(_ index: Int, _ vertices: [SIMD3<Float>], _ x: Int, _ y: Int) -> Bool {
    switch kinds[index] {
    case .never: return false
    case .always: return true
    case .beyondRim: return isBeyondRim(triangles[index], vertices, x, y)
    }
  }

  /// Whether the mean of the corners' values is above 0.
  private func isBeyondRim(
    _ triangle: SIMD3<Int32>, _ vertices: [SIMD3<Float>], _ x: Int, _ y: Int
  ) -> Bool {
    let corners = (Int(triangle.x), Int(triangle.y), Int(triangle.z))
    let values: (Float, Float, Float) = (
      isRim[corners.0] ? 0 : 1, isRim[corners.1] ? 0 : 1, isRim[corners.2] ? 0 : 1
    )
    let weights = PerspNetRaster.weights(
      (vertices[corners.0], vertices[corners.1], vertices[corners.2]), x: x, y: y)
    return weights.0 * values.0 + weights.1 * values.1 + weights.2 * values.2 > 0
  }
}

/// The rims of the eyes and of the mouth in ARKitFace's meshes, and how PerspNet closes them (TARGETS §2.3, §2.4).
enum PerspNetRims {
  /// Each is a ring of vertices; the mouth begins where its lid does.
  static let all: [[Int]] = [
    Array((1085...1101).reversed()) + Array((1102...1108).reversed()),
    Array((1061...1081).reversed()) + [1084, 1083, 1082],
    [249, 393] + Array(250...256) + [
      24, 691, 690, 689, 688, 687, 686, 685, 823, 684, 834, 740, 683, 682, 710, 725, 709, 700, 25,
      265, 274, 290, 275, 247, 248, 305, 404,
    ],
  ]

  /// A strip of triangles over a ring of an even number of vertices.
  static func lid(over ring: [Int]) -> [SIMD3<Int32>] {
    let n = ring.count
    func triangle(_ a: Int, _ b: Int, _ c: Int) -> SIMD3<Int32> {
      SIMD3(Int32(ring[a]), Int32(ring[b]), Int32(ring[c]))
    }
    var triangles = [triangle(0, 1, n - 1), triangle(1, 2, n - 1)]
    for k in 2..<n / 2 {
      triangles.append(triangle(k, n - k + 1, n - k))
      triangles.append(triangle(k, k + 1, n - k))
    }
    return triangles
  }
}
