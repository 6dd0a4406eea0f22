extension PixelImage {
  /// The pixels of some columns and rows, which may lie beyond the rim, where they are black.
  ///
  /// - Parameters:
  ///   - columns: at least one; 0 is the image's first.
  ///   - rows: at least one; 0 is the image's first.
  public func cut(columns: Range<Int>, rows: Range<Int>) -> PixelImage {
    var cut = PixelImage(width: columns.count, height: rows.count)
    let inside = columns.clamped(to: 0..<width)
    guard !inside.isEmpty else { return cut }
    let length = 3 * inside.count
    pixels.withUnsafeBufferPointer { pixels in
      cut.pixels.withUnsafeMutableBufferPointer { target in
        for row in rows.clamped(to: 0..<height) {
          let from = 3 * (row * width + inside.lowerBound)
          let to =
            3
            * ((row - rows.lowerBound) * columns.count + inside.lowerBound - columns.lowerBound)
          target.update(at: to, from: pixels, from, count: length)
        }
      }
    }
    return cut
  }
}

extension UnsafeMutableBufferPointer<UInt8> {
  /// Copies bytes from a place in another buffer to a place in this one.
  fileprivate func update(
    at start: Int, from other: UnsafeBufferPointer<UInt8>, _ first: Int, count: Int
  ) {
    _ = self[start..<start + count].update(fromContentsOf: other[first..<first + count])
  }
}
