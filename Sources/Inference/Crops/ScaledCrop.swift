internal import Codecs
internal import Geometry

/// A square cut out of an image and scaled, as by OpenCV's `warpAffine`. The crop's pixel in column c and row r is
/// the image at (left + c * pixel, top + r * pixel), interpolated between four pixels; black outside the image.
struct ScaledCrop: Sendable, Equatable {
  let left: Double
  let top: Double
  /// The size of one of the crop's pixels, in pixels of the image.
  let pixel: Double
  /// The width and height of the crop, in its own pixels.
  let side: Int

  /// Nil where the numbers exceed the range of `warpAffine`'s fixed point.
  init?(left: Double, top: Double, pixel: Double, side: Int) {
    guard left.magnitude < 1e6, top.magnitude < 1e6, pixel > 0, pixel * Double(side) < 1e6 else {
      return nil
    }
    self.left = left
    self.top = top
    self.pixel = pixel
    self.side = side
  }

  /// Where a point of the crop lies in the image.
  func place(of point: SIMD2<Double>) -> SIMD2<Double> { point * pixel + SIMD2(left, top) }

  func pixels(of image: PixelImage) -> PixelImage {
    let (columns, rows) = (taps(from: left), taps(from: top))
    var crop = PixelImage(width: side, height: side)
    let (width, height) = (image.width, image.height)
    image.pixels.withUnsafeBufferPointer { source in
      func value(_ x: Int, _ y: Int, _ channel: Int) -> Int {
        guard x >= 0, y >= 0, x < width, y < height else { return 0 }
        return Int(source[3 * (y * width + x) + channel])
      }
      var target = 0
      for row in rows {
        for column in columns {
          let (x, y) = (column.first, row.first)
          let (a, b) = (column.part, row.part)
          for channel in 0..<3 {
            let upper = (32 - a) * value(x, y, channel) + a * value(x + 1, y, channel)
            let lower = (32 - a) * value(x, y + 1, channel) + a * value(x + 1, y + 1, channel)
            crop.pixels[target] = UInt8(((32 - b) * upper + b * lower + 512) >> 10)
            target += 1
          }
        }
      }
    }
    return crop
  }

  /// For each pixel of the crop, the image's pixel before it, and how far beyond it lies, in 1/32 of a pixel.
  ///
  /// Start and step are each rounded to 1/1024.
  private func taps(from start: Double) -> [(first: Int, part: Int)] {
    let origin = Int((start * 1024).rounded(.toNearestOrEven)) + 16
    return (0..<side).map { i in
      let place = (origin + Int((pixel * Double(i) * 1024).rounded(.toNearestOrEven))) >> 5
      return (place >> 5, place & 31)
    }
  }
}
