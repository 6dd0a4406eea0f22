internal import Codecs

/// A square crop, scaled to 48 x 48 by averaging, as three planes of (value - 127.5) / 128.
///
/// An output pixel is the mean of all input pixels that its area touches. PyTorch calls this interpolation by
/// area, and facenet_pytorch makes its crops with it.
enum AreaCrop {
  static let side = 48

  /// - Parameters:
  ///   - columns: inside the image, not empty.
  ///   - rows: inside the image, not empty.
  ///   - planes: receives 3 x 48 x 48 floats, red first.
  static func fill(
    _ planes: UnsafeMutableBufferPointer<Float>, columns: Range<Int>, rows: Range<Int>,
    of image: PixelImage
  ) {
    precondition(
      planes.count == 3 * side * side && !columns.isEmpty && !rows.isEmpty
        && columns.lowerBound >= 0 && columns.upperBound <= image.width && rows.lowerBound >= 0
        && rows.upperBound <= image.height, "a crop inside the image")
    image.pixels.withUnsafeBufferPointer { pixels in
      for y in 0..<side {
        let windowRows = window(y, of: rows)
        for x in 0..<side {
          let windowColumns = window(x, of: columns)
          var sum = SIMD4<UInt32>.zero
          for row in windowRows {
            var i = 3 &* (row &* image.width &+ windowColumns.lowerBound)
            for _ in windowColumns {
              sum &+= SIMD4(
                UInt32(pixels[i]), UInt32(pixels[i &+ 1]), UInt32(pixels[i &+ 2]), 0)
              i &+= 3
            }
          }
          let count = Float(windowRows.count * windowColumns.count)
          let place = y * side + x
          for channel in 0..<3 {
            planes[channel * side * side + place] =
              (Float(sum[channel]) / count - 127.5) * 0.0078125
          }
        }
      }
    }
  }

  private static func window(_ index: Int, of range: Range<Int>) -> Range<Int> {
    let first = range.lowerBound + index * range.count / side
    let last = range.lowerBound + ((index + 1) * range.count + side - 1) / side
    return first..<last
  }
}
