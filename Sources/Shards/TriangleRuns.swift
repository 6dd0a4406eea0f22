/// Which triangle is seen at each pixel, as runs of equal ones. A mesh's rows change little, so this is a third of the pixels'
/// own size, and what few pixels show is found without unpacking all: a trainer reads both in no time.
struct TriangleRuns {
  /// One a run.
  var triangles: [UInt16] = []
  /// How many pixels a run has: 1 to 255.
  var lengths: [UInt8] = []

  init(triangles: [UInt16], lengths: [UInt8]) {
    (self.triangles, self.lengths) = (triangles, lengths)
  }

  /// The runs of pixels, row after row; a run may go on in the next row.
  init(of pixels: [UInt16]) {
    pixels.withUnsafeBufferPointer { pixels in
      var start = 0
      while start < pixels.count {
        let triangle = pixels[start]
        let limit = min(start + Int(UInt8.max), pixels.count)
        var end = start + 1
        while end < limit, pixels[end] == triangle { end += 1 }
        triangles.append(triangle)
        lengths.append(UInt8(end - start))
        start = end
      }
    }
  }

  /// The pixels; nil where they are not as many as expected, or a run has none.
  func pixels(_ count: Int) -> [UInt16]? {
    guard triangles.count == lengths.count, !lengths.contains(0),
      lengths.reduce(0, { $0 + Int($1) }) == count
    else { return nil }
    var pixels: [UInt16] = []
    pixels.reserveCapacity(count)
    for (triangle, length) in zip(triangles, lengths) {
      pixels.append(contentsOf: repeatElement(triangle, count: Int(length)))
    }
    return pixels
  }
}
