internal import Geometry

/// From which number a file counts pixels.
public enum PixelOrigin: String, Sendable, CaseIterable {
  /// As nearly all tools write, and records have it: coordinates are edges.
  case zero = "0"
  /// As the challenge's own files do: corners are the first and last pixel of a box.
  case one = "1"

  /// The box between the edges of its pixels. The last pixel's far edge has the number of the pixel from 1.
  func box(left: Double, top: Double, right: Double, bottom: Double) -> BoundingBox {
    let shift = self == .one ? 1.0 : 0
    return BoundingBox(left: left - shift, top: top - shift, right: right, bottom: bottom)
  }

  /// A point counted from 0.
  func point(_ x: Double, _ y: Double) -> SIMD2<Double> {
    self == .one ? SIMD2(x - 1, y - 1) : SIMD2(x, y)
  }
}
