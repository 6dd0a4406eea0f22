internal import Codecs
internal import Geometry
internal import Schema

/// How 3DDFA's parameters were scaled for training. The numbers of version 1 and V2 differ.
struct TDDFAWhitening: Sendable {
  let mean: [Float]
  let deviation: [Float]

  func parameters(of whitened: [Float]) -> [Float] {
    whitened.indices.map { whitened[$0] * deviation[$0] + mean[$0] }
  }
}

/// The square that 3DDFA_V2 cuts out around a face's box (`parse_roi_box_from_bbox` of its code). Its side is
/// 1.58 times the mean of the box's sides, truncated; its centre is moved down by 0.14 of that mean.
struct TDDFARegion: Sendable, Equatable {
  let left: Double
  let top: Double
  let side: Double

  /// Nil for a box whose square has no whole pixel, or that is too large for any image.
  init?(of box: BoundingBox) {
    let mean = (box.width + box.height) / 2
    guard mean > 0, mean < 1e5, box.centre.x.magnitude < 1e6, box.centre.y.magnitude < 1e6 else {
      return nil
    }
    side = (mean * 1.58).rounded(.towardZero)
    guard side >= 1 else { return nil }
    left = box.right - box.width / 2 - side / 2
    top = box.bottom - box.height / 2 + mean * 0.14 - side / 2
  }

  /// The region's pixels, cut at whole pixels; black outside of the image.
  ///
  /// Each edge is rounded separately, half to even, so the cut may be a pixel wider than the region.
  func pixels(of image: PixelImage) -> PixelImage {
    func range(_ start: Double) -> Range<Int> {
      let first = Int(start.rounded(.toNearestOrEven))
      return first..<max(first + 1, Int((start + side).rounded(.toNearestOrEven)))
    }
    let (columns, rows) = (range(left), range(top))
    var crop = PixelImage(width: columns.count, height: rows.count)
    let (inside, lines) = (
      columns.clamped(to: 0..<image.width), rows.clamped(to: 0..<image.height)
    )
    guard !inside.isEmpty else { return crop }
    for row in lines {
      let source = 3 * (row * image.width + inside.lowerBound)
      let target =
        3 * ((row - rows.lowerBound) * crop.width + inside.lowerBound - columns.lowerBound)
      crop.pixels.replaceSubrange(
        target..<target + 3 * inside.count, with: image.pixels[source..<source + 3 * inside.count])
    }
    return crop
  }
}

/// 3DDFA's 62 parameters: a camera of 3 x 4 numbers row by row, 40 of shape, 10 of expression.
///
/// A point S of the BFM (y up) appears in the network's input at the first two numbers of P (S, 1), counted from
/// 1 and with rows counted from below (FORMATS §9).
struct TDDFAParameters: Sendable {
  static let count = 62

  let numbers: [Float]

  /// Nil where a number is not finite.
  init?(_ numbers: [Float]) {
    precondition(numbers.count == Self.count, "62 parameters")
    guard numbers.allSatisfy(\.isFinite) else { return nil }
    self.numbers = numbers
  }

  /// The pose in pixels of the whole image that the region lies in; nil where the camera is unusable.
  ///
  /// The network's rows are only nearly a rotation times a scale. As in 3DDFA_V2 the scale is the mean length of
  /// the first two rows, and the third row is their product; the rotation is the one nearest to these.
  func pose(in region: TDDFARegion, inputSide: Int, imageHeight: Int) -> WeakPerspectivePose? {
    func row(_ i: Int) -> SIMD3<Double> {
      SIMD3(Double(numbers[4 * i]), Double(numbers[4 * i + 1]), Double(numbers[4 * i + 2]))
    }
    let (first, second) = (row(0), row(1))
    let (a, b) = (length(first), length(second))
    guard a > 0, b > 0 else { return nil }
    let (x, y) = (first / a, second / b)
    let z = cross(x, y)
    // If two rows are within a degree of each other, they do not determine the third.
    guard length(z) > 0.02 else { return nil }
    let pixel = region.side / Double(inputSide)
    let offset = SIMD3(Double(numbers[3]), Double(numbers[7]), Double(numbers[11]))
    let origin = SIMD2(
      (offset.x - 1) * pixel + region.left, (Double(inputSide) - offset.y) * pixel + region.top)
    return WeakPerspectivePose(
      rotation: Rotation.polarFactor(ofRows: x, y, z).inYUpAxes,
      offset: SIMD3(
        origin.x + 1, Double(imageHeight) - origin.y, (offset.z - 1) * pixel + 1),
      scale: (a + b) / 2 * pixel)
  }

  /// The parameters, and the region to which they refer, in pixels of the upright image.
  func native(in region: TDDFARegion, of image: PixelImage) -> JSONValue {
    func numbers(_ values: [Double]) -> JSONValue { .array(values.map { .double($0) }) }
    return .object([
      (
        "3ddfa_v2",
        .object([
          ("image_size", .array([.integer(image.width), .integer(image.height)])),
          (
            "region_xyxy",
            numbers([
              region.left, region.top, region.left + region.side, region.top + region.side,
            ])
          ),
          ("parameters", numbers(self.numbers.map(Double.init))),
        ])
      )
    ])
  }
}
