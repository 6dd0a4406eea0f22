internal import Schema

extension Landmarks {
  /// The 68 points in the mirrored image: x becomes width - 1 - x, and pairs change places.
  func mirrored(imageWidth: Int) -> Landmarks {
    precondition(layout == .ibug68, "a layout whose pairs are known")
    var result = withSidesExchanged ?? self
    for i in 0..<count {
      let (x, y) = (result[i].position.x, result[i].position.y)
      result[i] = Point(SIMD2(Double(imageWidth - 1) - x, y), result[i].visibility)
    }
    return result
  }
}
