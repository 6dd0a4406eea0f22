/// Finds the triangles of a chunk that have to be filled, four at a time and without a branch. Half of a mesh's
/// triangles face away or lie between the centres of pixels, and no processor can predict which.
struct TriangleSieve {
  typealias Lanes = SIMD4<Float>

  /// How many triangles a chunk has. What is noted about them fits into the first-level cache.
  static let chunk = 512
  /// The size in subpixels up to which edge functions are exact in float32: 32 pixels. Twice this, squared, is
  /// 2^24.
  private static let exactSize: Float = 2048

  /// Triangles that cover the only pixel of their box.
  private(set) var single = [UInt32](repeating: 0, count: chunk)
  private(set) var singleCount = 0
  /// Triangles whose pixels have to be searched.
  private(set) var several = [UInt32](repeating: 0, count: chunk)
  private(set) var severalCount = 0
  /// The boxes of each group of four: first and last column and row of the pixel centres in them.
  private(set) var boxes = [TriangleBoxes](repeating: TriangleBoxes(), count: chunk / 4)
  /// The weights of the pixel in the first column and row of each box.
  private(set) var weights = [TriangleWeights](repeating: TriangleWeights(), count: chunk / 4)

  /// - Parameters:
  ///   - corners: three a triangle.
  ///   - count: of triangles, at most `chunk`.
  ///   - places: of all vertices.
  mutating func run(
    _ corners: UnsafePointer<UInt32>, count: Int, _ places: UnsafePointer<SIMD2<Float>>,
    width: Int, height: Int
  ) {
    let (right, bottom) = (Float(width - 1), Float(height - 1))
    single.withUnsafeMutableBufferPointer { single in
      several.withUnsafeMutableBufferPointer { several in
        boxes.withUnsafeMutableBufferPointer { boxes in
          weights.withUnsafeMutableBufferPointer { weights in
            guard let single = single.baseAddress, let several = several.baseAddress,
              let boxes = boxes.baseAddress, let weights = weights.baseAddress
            else { return }
            (singleCount, severalCount) = Self.sift(
              corners, count: count, places, right, bottom, single, several, boxes, weights)
          }
        }
      }
    }
  }

  @inline(never)
  private static func sift(
    _ corners: UnsafePointer<UInt32>, count: Int, _ places: UnsafePointer<SIMD2<Float>>,
    _ right: Float, _ bottom: Float, _ single: UnsafeMutablePointer<UInt32>,
    _ several: UnsafeMutablePointer<UInt32>, _ boxes: UnsafeMutablePointer<TriangleBoxes>,
    _ weights: UnsafeMutablePointer<TriangleWeights>
  ) -> (single: Int, several: Int) {
    let spacing = ScreenVertices.subpixels
    let (rightmost, lowest) = (Lanes(repeating: right), Lanes(repeating: bottom))
    var (singles, others) = (0, 0)
    var start = 0
    while start < count {
      // A last group that is not full repeats its last triangle.
      let last = count &- 1
      let four = (
        3 &* start, 3 &* min(start &+ 1, last), 3 &* min(start &+ 2, last),
        3 &* min(start &+ 3, last)
      )
      let (ax, ay) = gather(places, corners, four)
      let (bx, by) = gather(places, corners + 1, four)
      let (cx, cy) = gather(places, corners + 2, four)
      let (low, high) = (least(least(ax, bx), cx), most(most(ax, bx), cx))
      let (top, base) = (least(least(ay, by), cy), most(most(ay, by), cy))
      let left = most(ceiling(low), .zero)
      let first = most(ceiling(top), .zero)
      let box = TriangleBoxes(
        left: left, top: first, right: least(floor(high), rightmost),
        bottom: least(floor(base), lowest))
      boxes[start &>> 2] = box
      let (wx, wy) = (bx - ax, by - ay)
      let (vx, vy) = (ax - cx, ay - cy)
      let (ux, uy) = (cx - bx, cy - by)
      let area = wx * vy - wy * vx
      let (x, y) = (left * spacing, first * spacing)
      let u = (x - bx) * uy - (y - by) * ux
      let v = (x - cx) * vy - (y - cy) * vx
      let w = (x - ax) * wy - (y - ay) * wx
      let scale = 1 / area
      weights[start &>> 2] = TriangleWeights(u: u * scale, v: v * scale, w: w * scale)

      let isLarge = (high - low .> exactSize) .| (base - top .> exactSize)
      let isKept =
        (box.left .<= box.right) .& (box.top .<= box.bottom) .& ((area .> 0) .| isLarge)
      let isOne =
        (box.left .== box.right) .& (box.top .== box.bottom) .& .!isLarge
      let inside = least(least(u, v), w)
      // A pixel on an edge is left to the exact rule of `TriangleFiller`.
      let isSeveral = isKept .& ((.!isOne) .| (inside .== 0))
      let isSingle = isKept .& isOne .& (inside .> 0)
      let (one, more) = (bits(isSingle), bits(isSeveral))
      for lane in 0..<4 {
        let triangle = UInt32(truncatingIfNeeded: start &+ lane)
        single[singles] = triangle
        several[others] = triangle
        let isThere = start &+ lane < count
        singles &+= isThere ? Int(one[lane]) : 0
        others &+= isThere ? Int(more[lane]) : 0
      }
      start &+= 4
    }
    return (singles, others)
  }

  /// The x and y of one corner of each of four triangles.
  @inline(__always)
  static func gather(
    _ places: UnsafePointer<SIMD2<Float>>, _ corners: UnsafePointer<UInt32>,
    _ four: (Int, Int, Int, Int)
  ) -> (x: Lanes, y: Lanes) {
    let near = SIMD4(
      lowHalf: places[Int(corners[four.0])], highHalf: places[Int(corners[four.1])])
    let far = SIMD4(
      lowHalf: places[Int(corners[four.2])], highHalf: places[Int(corners[four.3])])
    return (
      SIMD4(lowHalf: near.evenHalf, highHalf: far.evenHalf),
      SIMD4(lowHalf: near.oddHalf, highHalf: far.oddHalf)
    )
  }

  @inline(__always)
  private static func bits(_ mask: SIMDMask<SIMD4<Int32>>) -> SIMD4<Int32> {
    SIMD4<Int32>.zero.replacing(with: SIMD4(repeating: 1), where: mask)
  }

  @inline(__always)
  private static func least(_ a: Lanes, _ b: Lanes) -> Lanes { a.replacing(with: b, where: b .< a) }

  @inline(__always)
  private static func most(_ a: Lanes, _ b: Lanes) -> Lanes { a.replacing(with: b, where: b .> a) }

  /// Subpixels to pixels, rounded up. After half a pixel less half a subpixel is added, this is the nearest whole
  /// number, to which adding 1.5 x 2^23 rounds.
  @inline(__always)
  private static func ceiling(_ subpixels: Lanes) -> Lanes {
    subpixels * (1 / ScreenVertices.subpixels) + (0.5 - 0.5 / ScreenVertices.subpixels)
      + 12_582_912 - 12_582_912
  }

  @inline(__always)
  private static func floor(_ subpixels: Lanes) -> Lanes {
    subpixels * (1 / ScreenVertices.subpixels) - (0.5 - 0.5 / ScreenVertices.subpixels)
      + 12_582_912 - 12_582_912
  }
}

/// Bounding boxes of four triangles in whole pixels, cut to the image. Where a box has no pixel, its last column
/// or row is before the first.
struct TriangleBoxes {
  var left = SIMD4<Float>.zero
  var top = SIMD4<Float>.zero
  var right = SIMD4<Float>.zero
  var bottom = SIMD4<Float>.zero
}

/// The weights of the three vertices in a pixel, for four triangles. They are meaningful for small triangles
/// only.
struct TriangleWeights {
  var u = SIMD4<Float>.zero
  var v = SIMD4<Float>.zero
  var w = SIMD4<Float>.zero
}
