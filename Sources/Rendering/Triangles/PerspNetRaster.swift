/// Which triangle of a mesh is seen at each pixel, by the arithmetic of PerspNet's own rasteriser (TARGETS §2.5), so
/// that training targets are those of its loader.
///
/// It differs from `TriangleFiller` on purpose: pixels are points at whole coordinates, a triangle's edges belong to it but for
/// one, and near the image's border everything within a triangle's box counts as in it. All numbers are float32, in its
/// order of operations. There is no culling: of two triangles the nearer is seen, of equally near ones the first.
///
/// The buffers are kept from mesh to mesh; use one for each thread.
public struct PerspNetRaster {
  /// No triangle.
  public static let none = UInt16.max

  /// The columns of the image that are looked at.
  public private(set) var columns = 0..<0
  /// The rows of the image that are looked at.
  public private(set) var rows = 0..<0
  /// The index of the triangle seen at each pixel, row after row; -1 where there is none.
  private var indices: [Int32] = []
  private var depths: [Float] = []

  /// With empty buffers.
  public init() {}

  /// A point of a mesh in the image: x right and y down in pixels, and a depth that is larger the nearer it is.
  public typealias Vertex = SIMD3<Float>

  /// The weights of a triangle's corners at a pixel: they add up to 1, and are negative outside.
  public static func weights(
    _ corners: (Vertex, Vertex, Vertex), x: Int, y: Int
  ) -> (Float, Float, Float) {
    let plane = Plane(corners)
    let (a, b) = plane.coordinates(SIMD8(repeating: Float(x)), Float(y))
    return (1 - a[0] - b[0], b[0], a[0])
  }

  /// Draws a mesh.
  ///
  /// - Parameters:
  ///   - vertices: with finite numbers.
  ///   - triangles: of vertices; fewer than 65,535.
  ///   - imageSize: width and height in pixels.
  ///   - columns: within the image, as `rows`.
  ///   - rows: within the image.
  public mutating func draw(
    _ vertices: [Vertex], _ triangles: [SIMD3<Int32>], imageSize: (width: Int, height: Int),
    columns: Range<Int>, rows: Range<Int>
  ) {
    precondition(triangles.count < Int(Self.none), "an index of 16 bits a triangle")
    (self.columns, self.rows) = (columns, rows)
    // Eight pixels are looked at together, also the last.
    let count = columns.count * rows.count + 7
    if depths.count < count {
      depths = Array(repeating: 0, count: count)
      indices = Array(repeating: 0, count: count)
    }
    depths.withUnsafeMutableBufferPointer { $0[..<count].update(repeating: -999_999) }
    indices.withUnsafeMutableBufferPointer { $0[..<count].update(repeating: -1) }
    for (index, triangle) in triangles.enumerated() {
      let corners = (
        vertices[Int(triangle.x)], vertices[Int(triangle.y)], vertices[Int(triangle.z)]
      )
      draw(corners, Int32(index), imageSize)
    }
  }

  /// Gives the index of the triangle seen at each of `columns` in one of `rows`; -1 where there is none. The numbers are
  /// valid only during the call.
  public func withIndices<Result>(
    ofRow y: Int, _ body: (UnsafeBufferPointer<Int32>) throws -> Result
  ) rethrows -> Result {
    let start = (y - rows.lowerBound) * columns.count
    return try indices.withUnsafeBufferPointer {
      try body(UnsafeBufferPointer(rebasing: $0[start..<start + columns.count]))
    }
  }

  private mutating func draw(
    _ corners: (Vertex, Vertex, Vertex), _ index: Int32, _ size: (width: Int, height: Int)
  ) {
    let (p0, p1, p2) = corners
    let least = pointwiseMin(p0, pointwiseMin(p1, p2)).rounded(.up)
    let greatest = pointwiseMax(p0, pointwiseMax(p1, p2)).rounded(.down)
    guard let xs = Self.range(least.x, greatest.x, columns),
      let ys = Self.range(least.y, greatest.y, rows)
    else { return }
    let plane = Plane(corners)
    let lanes = SIMD8<Float>(0, 1, 2, 3, 4, 5, 6, 7)
    let (firstColumn, firstRow, width) = (columns.lowerBound, rows.lowerBound, columns.count)
    let isAtSide = xs.lowerBound < 2 || xs.upperBound - 1 > size.width - 3
    depths.withUnsafeMutableBufferPointer { depths in
      indices.withUnsafeMutableBufferPointer { indices in
        for y in ys {
          let isAtBorder = y < 2 || y > size.height - 3
          let row = (y - firstRow) * width - firstColumn
          for x in stride(from: xs.lowerBound, to: xs.upperBound, by: 8) {
            let column = Float(x) + lanes
            let (a, b) = plane.coordinates(column, Float(y))
            var inside = (a .>= 0) .& (b .>= 0) .& (a + b .< 1)
            if isAtBorder {
              inside = SIMDMask(repeating: true)
            } else if isAtSide {
              inside .|= (column .< 2) .| (column .> Float(size.width - 3))
            }
            inside .&= column .< Float(xs.upperBound)
            guard any(inside) else { continue }
            let depth = (1 - a - b) * p0.z + b * p1.z + a * p2.z
            depths.replace(at: row + x, by: depth, where: &inside)
            indices.replace(at: row + x, by: SIMD8(repeating: index), where: inside)
          }
        }
      }
    }
  }

  /// The whole numbers from `least` to `greatest` that are in `limits`; nil where there are none.
  private static func range(_ least: Float, _ greatest: Float, _ limits: Range<Int>) -> Range<Int>?
  {
    let low = max(least, Float(limits.lowerBound))
    let high = min(greatest, Float(limits.upperBound - 1))
    // A NaN fails the comparison.
    return low <= high ? Int(low)..<Int(high) + 1 : nil
  }

  /// The oblique coordinates of pixels in a triangle: along p2 - p0 and along p1 - p0.
  private struct Plane {
    private let (origin, toSecond, toFirst): (SIMD2<Float>, SIMD2<Float>, SIMD2<Float>)
    private let (d00, d01, d11, inverse): (Float, Float, Float, Float)

    init(_ corners: (Vertex, Vertex, Vertex)) {
      origin = SIMD2(corners.0.x, corners.0.y)
      toSecond = SIMD2(corners.2.x, corners.2.y) - origin
      toFirst = SIMD2(corners.1.x, corners.1.y) - origin
      d00 = toSecond.x * toSecond.x + toSecond.y * toSecond.y
      d01 = toSecond.x * toFirst.x + toSecond.y * toFirst.y
      d11 = toFirst.x * toFirst.x + toFirst.y * toFirst.y
      let determinant = d00 * d11 - d01 * d01
      // A triangle without area counts as its first corner.
      inverse = determinant == 0 ? 0 : 1 / determinant
    }

    @inline(__always)
    func coordinates(_ x: SIMD8<Float>, _ y: Float) -> (SIMD8<Float>, SIMD8<Float>) {
      let (qx, qy) = (x - origin.x, y - origin.y)
      let d02 = toSecond.x * qx + toSecond.y * qy
      let d12 = toFirst.x * qx + toFirst.y * qy
      return ((d11 * d02 - d01 * d12) * inverse, (d00 * d12 - d01 * d02) * inverse)
    }
  }
}

extension UnsafeMutableBufferPointer<Float> {
  /// Puts greater numbers in the place of eight, where the mask allows; it then says where.
  @inline(__always)
  fileprivate func replace(
    at place: Int, by values: SIMD8<Float>, where mask: inout SIMDMask<SIMD8<Int32>>
  ) {
    let raw = UnsafeMutableRawPointer(baseAddress.unsafelyUnwrapped + place)
    let earlier = raw.loadUnaligned(as: SIMD8<Float>.self)
    mask .&= values .> earlier
    raw.storeBytes(of: earlier.replacing(with: values, where: mask), as: SIMD8<Float>.self)
  }
}

extension UnsafeMutableBufferPointer<Int32> {
  /// Puts others in the place of eight numbers, where the mask says so.
  @inline(__always)
  fileprivate func replace(
    at place: Int, by values: SIMD8<Int32>, where mask: SIMDMask<SIMD8<Int32>>
  ) {
    let raw = UnsafeMutableRawPointer(baseAddress.unsafelyUnwrapped + place)
    let earlier = raw.loadUnaligned(as: SIMD8<Int32>.self)
    raw.storeBytes(of: earlier.replacing(with: values, where: mask), as: SIMD8<Int32>.self)
  }
}
