internal import Codecs
internal import Geometry

/// The square that PerspNet and TRG cut out around a face, and its scaling to a network's input
/// (FORMATS §13.1).
///
/// Its middle is that of the smallest box around the 68 landmarks, or of the face's box where they are not
/// known, as in PerspNet's demo. It reaches 0.75 of that box's longer side each way. All four edges are
/// truncated toward zero. The centres of the input's first and last pixels lie on the edges.
struct FaceSquare: Sendable, Equatable {
  let left: Int
  let top: Int
  let right: Int
  let bottom: Int

  private static let reach = 0.75
  private static let greatest = 1e6

  /// Nil for a face whose square has no whole pixel, or that is too large for any image.
  init?(of face: ShownFace) {
    let bounds = BoundingBox(around: face.landmarks) ?? face.box
    let (low, high) = (SIMD2(bounds.left, bounds.top), SIMD2(bounds.right, bounds.bottom))
    let (middle, size) = (0.5 * (high + low), (high - low).max())
    let (first, last) = (middle - Self.reach * size, middle + Self.reach * size)
    guard [first, last].allSatisfy({ max($0.x.magnitude, $0.y.magnitude) < Self.greatest }) else {
      return nil
    }
    (left, top) = (Int(first.x), Int(first.y))
    (right, bottom) = (Int(last.x), Int(last.y))
    guard right > left, bottom > top else { return nil }
  }

  var width: Int { right - left }
  var corner: SIMD2<Double> { SIMD2(Double(left), Double(top)) }
  var centre: SIMD2<Double> { SIMD2(Double(left + right), Double(top + bottom)) / 2 }
  var edges: [Double] { [left, top, right, bottom].map(Double.init) }

  /// The distance of two neighbouring pixels of the input, in pixels of the image.
  private func step(inputSide side: Int) -> SIMD2<Double> {
    SIMD2(Double(width), Double(bottom - top)) / Double(side - 1)
  }

  /// Where a pixel of the input lies in the image.
  func place(of pixel: SIMD2<Double>, inputSide side: Int) -> SIMD2<Double> {
    corner + pixel * step(inputSide: side)
  }

  /// Scales the square's pixels into three planes, red first, black outside of the image, rounded to whole numbers.
  ///
  /// Bilinear like OpenCV's warpAffine, but without its rounding of places to 1/32 of a pixel. So grey levels
  /// differ by a few where neighbours differ most.
  func fill(
    _ planes: UnsafeMutableBufferPointer<Float>, side: Int, from image: PixelImage
  ) {
    precondition(planes.count == 3 * side * side && side > 1, "three planes")
    let step = step(inputSide: side)
    let columns = (0..<side).map { Tap(Double(left) + Double($0) * step.x, limit: image.width) }
    let rows = (0..<side).map { Tap(Double(top) + Double($0) * step.y, limit: image.height) }
    let plane = side * side
    image.pixels.withUnsafeBufferPointer { pixels in
      for (y, row) in rows.enumerated() {
        let (upper, lower) = (3 * row.first * image.width, 3 * row.second * image.width)
        for (x, column) in columns.enumerated() {
          let (near, far) = (3 * column.first, 3 * column.second)
          for channel in 0..<3 {
            func value(_ offset: Int) -> Float { Float(pixels[offset + channel]) }
            let above =
              column.firstWeight * value(upper + near) + column.secondWeight * value(upper + far)
            let below =
              column.firstWeight * value(lower + near) + column.secondWeight * value(lower + far)
            planes[channel * plane + y * side + x] =
              (row.firstWeight * above + row.secondWeight * below).rounded()
          }
        }
      }
    }
  }

  /// The two pixels between which a place lies, and their weights; a pixel outside the image has weight 0.
  private struct Tap {
    let first: Int
    let second: Int
    let firstWeight: Float
    let secondWeight: Float

    init(_ place: Double, limit: Int) {
      let floor = place.rounded(.down)
      let (index, share) = (Int(floor), Float(place - floor))
      let inside = 0..<limit
      first = min(max(index, 0), limit - 1)
      second = min(max(index + 1, 0), limit - 1)
      firstWeight = inside.contains(index) ? 1 - share : 0
      secondWeight = inside.contains(index + 1) ? share : 0
    }
  }
}

extension PixelImage {
  /// Width and height, to which the square's edges are relative.
  var size: [Double] { [Double(width), Double(height)] }
}
