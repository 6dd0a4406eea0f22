public import Codecs
public import Geometry

extension PixelImage {
  /// The image as another map of its pixels shows it: bilinear between the four nearest pixels, black beyond the
  /// rim, nothing averaged where it shrinks.
  ///
  /// This is OpenCV's warpAffine with INTER_LINEAR and BORDER_CONSTANT, computed exactly, where OpenCV before 5.0
  /// rounds places to 1/32 of a pixel (so that grey levels differ by up to 2).
  ///
  /// - Parameters:
  ///   - map: from this image's pixels to those of the result. Where it is singular or not finite, all is black.
  ///   - width: of the result, in pixels; at least 1.
  ///   - height: of the result, in pixels; at least 1.
  public func warped(by map: PlanarMap, width: Int, height: Int) -> PixelImage {
    var result = PixelImage(width: width, height: height)
    guard let back = map.inverse else { return result }
    let source = Source(width: self.width, height: self.height)
    pixels.withUnsafeBufferPointer { pixels in
      result.pixels.withUnsafeMutableBufferPointer { target in
        for y in 0..<height {
          let start = back.applied(to: SIMD2(0, Double(y)))
          for x in 0..<width {
            let place = SIMD2(
              start.x + Double(x) * back.xRow.x, start.y + Double(x) * back.yRow.x)
            source.blend(pixels, at: place, into: target, at: 3 &* (y &* width &+ x))
          }
        }
      }
    }
    return result
  }

  /// The size of the image that is looked up.
  private struct Source {
    let width: Int
    let height: Int

    /// Writes the three values at a place; nothing where no pixel is near.
    @inline(__always)
    func blend(
      _ pixels: UnsafeBufferPointer<UInt8>, at place: SIMD2<Double>,
      into target: UnsafeMutableBufferPointer<UInt8>, at offset: Int
    ) {
      // False for NaN too; within, the numbers fit into whole ones.
      guard place.x > -1, place.y > -1, place.x < Double(width), place.y < Double(height) else {
        return
      }
      let (left, top) = (Int(place.x.rounded(.down)), Int(place.y.rounded(.down)))
      let (dx, dy) = (place.x - Double(left), place.y - Double(top))
      let (hasLeft, hasRight) = (left >= 0, left &+ 1 < width)
      let (hasTop, hasBottom) = (top >= 0, top &+ 1 < height)
      let corner = 3 &* (top &* width &+ left)
      let below = corner &+ 3 &* width
      for channel in 0..<3 {
        let a = hasTop && hasLeft ? Double(pixels[corner &+ channel]) : 0
        let b = hasTop && hasRight ? Double(pixels[corner &+ 3 &+ channel]) : 0
        let c = hasBottom && hasLeft ? Double(pixels[below &+ channel]) : 0
        let d = hasBottom && hasRight ? Double(pixels[below &+ 3 &+ channel]) : 0
        let (upper, lower) = (a + dx * (b - a), c + dx * (d - c))
        // Half is rounded up, as the numbers are not negative; 255 is the largest mean of such.
        target[offset &+ channel] = UInt8(upper + dy * (lower - upper) + 0.5)
      }
    }
  }
}
