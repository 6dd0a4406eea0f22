extension PixelImage {
  /// The image at another size, as Pillow 12 makes it by `Image.resize(size, Image.BILINEAR)`: a triangle as wide as
  /// the shrinkage, so that all pixels count; columns first, each pass rounded to bytes (src/libImaging/Resample.c).
  ///
  /// - Parameters:
  ///   - width: of the result, in pixels; at least 1.
  ///   - height: of the result, in pixels; at least 1.
  public func resizedLikePillow(width: Int, height: Int) -> PixelImage {
    precondition(width > 0 && height > 0, "an image has at least one pixel")
    var image = self
    // An axis that keeps its size is not touched.
    if width != image.width {
      let rows = image.height
      image = image.resampled(
        width: width, height: rows, TrianglePass(from: self.width, to: width)
      ) { (step: 3, start: 3 * $1 * self.width, tap: $0) }
    }
    if height != image.height {
      let columns = 3 * image.width
      image = image.resampled(
        width: image.width, height: height, TrianglePass(from: image.height, to: height)
      ) { (step: columns, start: 3 * $0, tap: $1) }
    }
    return image
  }

  /// - Parameter place: for the column and row of the result, where the pixels of its sum are: how many bytes apart,
  ///   from which byte on, and which tap they are weighted by.
  private func resampled(
    width: Int, height: Int, _ pass: TrianglePass,
    _ place: (Int, Int) -> (step: Int, start: Int, tap: Int)
  ) -> PixelImage {
    PixelImage(width: width, height: height) { result in
      pixels.withUnsafeBufferPointer { pixels in
        for y in 0..<height {
          for x in 0..<width {
            let (step, start, tap) = place(x, y)
            let (first, weights) = pass.taps[tap]
            for channel in 0..<3 {
              var sum: Int32 = 1 << (TrianglePass.bits - 1)
              var at = start + first * step + channel
              for weight in weights {
                sum &+= Int32(pixels[at]) &* weight
                at += step
              }
              result[3 * (y * width + x) + channel] = UInt8(clamping: sum >> TrianglePass.bits)
            }
          }
        }
      }
    }
  }
}

/// Along one axis: which pixels make up each pixel of the result, and their weights.
private struct TrianglePass {
  /// Of a weight's fraction.
  static let bits: Int32 = 22
  /// The first pixel, and weights of it and of those after it.
  let taps: [(first: Int, weights: [Int32])]

  init(from input: Int, to output: Int) {
    let scale = Double(input) / Double(output)
    let support = max(scale, 1)
    taps = (0..<output).map { i in
      let centre = (Double(i) + 0.5) * scale
      let first = max(Int(centre - support + 0.5), 0)
      let end = min(Int(centre + support + 0.5), input)
      let weights = (first..<end).map {
        max(1 - abs((Double($0) - centre + 0.5) / support), 0)
      }
      let total = weights.reduce(0, +)
      return (first, weights.map { Int32(0.5 + $0 / total * Double(1 << Self.bits)) })
    }
  }
}
