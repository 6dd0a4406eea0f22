internal import Codecs
internal import Schema

extension XMLCursor {
  /// The attributes `width` and `height` of the tag in pixels; nil where they are not whole numbers above 0.
  var imageSize: SIMD2<Int>? {
    let sides = [self["width"], self["height"]].compactMap {
      $0.flatMap(DecimalNumber.value).flatMap { Int(exactly: $0) }
    }
    return sides.count == 2 && sides.allSatisfy { $0 > 0 } ? SIMD2(sides[0], sides[1]) : nil
  }
}
