public import Codecs
public import Geometry

/// The part of an image that a picture shows, and the scale at which it does.
public struct PictureWindow: Sendable, Equatable {
  /// The window's top left corner in pixels of the image. The image's own corner is (0, 0), and the centre of its
  /// first pixel is (0.5, 0.5).
  public let corner: SIMD2<Double>
  /// How many pixels of the picture one pixel of the image takes, along x and along y.
  public let scale: Double
  /// Of the picture, in pixels.
  public let width: Int
  /// Of the picture, in pixels.
  public let height: Int

  /// The scale and both sizes must be above 0.
  public init(corner: SIMD2<Double>, scale: Double, width: Int, height: Int) {
    precondition(scale > 0 && width > 0 && height > 0, "a picture has at least one pixel")
    (self.corner, self.scale, self.width, self.height) = (corner, scale, width, height)
  }

  /// Where a position in the image is in the picture. In both, the origin is the centre of the first pixel.
  public func place(_ position: SIMD2<Double>) -> SIMD2<Double> {
    (position + 0.5 - corner) * scale - 0.5
  }

  /// The camera that sees the picture where `camera` sees the image.
  public func camera(_ camera: Intrinsics) -> Intrinsics {
    Intrinsics(
      focalLength: camera.focalLength * scale, principalPoint: place(camera.principalPoint))
  }

  /// Cuts the window out of an image and resizes it. Where a pixel of the picture covers more than one of the
  /// image, it is the mean of that area. Otherwise Keys's cubic is used (a = -1/2; IEEE Trans. ASSP 29, 1981).
  ///
  /// - Parameters:
  ///   - image: as it was decoded.
  ///   - size: the image's full width and height, in which `corner` is given, where the image was decoded to fewer
  ///     pixels; nil where it was not.
  ///   - background: the colour beyond the image's rim.
  public func picture(
    of image: PixelImage, size: SIMD2<Int>? = nil, background: Colour
  ) -> PixelImage {
    let size = size ?? SIMD2(image.width, image.height)
    let shrunk = SIMD2(
      Double(image.width) / Double(size.x), Double(image.height) / Double(size.y))
    let columns = PixelTaps(
      count: width, from: corner.x * shrunk.x, step: shrunk.x / scale, limit: image.width)
    let rows = PixelTaps(
      count: height, from: corner.y * shrunk.y, step: shrunk.y / scale, limit: image.height)
    var picture = PixelImage(width: width, height: height, fill: background)
    // Rows of the image after resizing to the picture's width. A row is stored at its number modulo `reach`.
    var lines = [SIMD4<Float>](repeating: .zero, count: rows.reach * width)
    var lineRows = [Int](repeating: -1, count: rows.reach)
    var sums = [SIMD4<Float>](repeating: .zero, count: width)
    let ground = SIMD4<Float>(SIMD4(background, 0))
    for y in 0..<height where rows.coverage[y] > 0 {
      for x in 0..<width { sums[x] = .zero }
      for k in 0..<rows.reach {
        let weight = rows.weights[y * rows.reach + k]
        guard weight != 0 else { continue }
        let row = min(max(rows.first[y] + k, 0), image.height - 1)
        let line = row % rows.reach
        if lineRows[line] != row {
          columns.apply(to: image, row: row, into: &lines, at: line * width)
          lineRows[line] = row
        }
        for x in 0..<width { sums[x] += weight * lines[line * width + x] }
      }
      for x in 0..<width {
        let share = rows.coverage[y] * columns.coverage[x]
        guard share > 0 else { continue }
        let mixed = (ground + share * (sums[x] - ground))
          .clamped(lowerBound: .zero, upperBound: SIMD4(repeating: 255)).rounded(.toNearestOrEven)
        let at = 3 * (y * width + x)
        for channel in 0..<3 { picture.pixels[at + channel] = UInt8(mixed[channel]) }
      }
    }
    return picture
  }
}

/// The pixels along one axis of an image that make up each pixel of a picture, and their weights.
private struct PixelTaps {
  /// How many there are for each pixel of the picture.
  let reach: Int
  /// The first of them. Some may lie beyond the rim, where the pixel at the rim is used instead.
  private(set) var first: [Int] = []
  private(set) var weights: [Float] = []
  /// The share of the picture's pixel that shows the image.
  private(set) var coverage: [Float] = []

  init(count: Int, from start: Double, step: Double, limit: Int) {
    let isMean = step >= 1
    reach = isMean ? Int(step.rounded(.up)) + 1 : 4
    for i in 0..<count {
      let low = start + Double(i) * step
      let high = low + step
      let shown = max(0, min(high, Double(limit)) - max(low, 0)) / step
      coverage.append(Float(shown))
      guard shown > 0 else {
        first.append(0)
        weights += repeatElement(0, count: reach)
        continue
      }
      let middle = (low + high) / 2 - 0.5
      let start = isMean ? low.rounded(.down) : middle.rounded(.down) - 1
      first.append(Int(start))
      for k in 0..<reach {
        let pixel = start + Double(k)
        let weight =
          isMean
          ? max(0, min(high, pixel + 1) - max(low, pixel)) / step : Self.cubic(abs(middle - pixel))
        weights.append(Float(weight))
      }
    }
  }

  /// Resizes a row to the picture's width.
  func apply(
    to image: PixelImage, row: Int, into lines: inout [SIMD4<Float>], at start: Int
  ) {
    image.pixels.withUnsafeBufferPointer { pixels in
      let line = 3 * row * image.width
      for x in first.indices {
        var sum = SIMD4<Float>.zero
        for k in 0..<reach {
          let at = line + 3 * min(max(first[x] + k, 0), image.width - 1)
          sum +=
            weights[x * reach + k]
            * SIMD4(Float(pixels[at]), Float(pixels[at + 1]), Float(pixels[at + 2]), 0)
        }
        lines[start + x] = sum
      }
    }
  }

  private static func cubic(_ x: Double) -> Double {
    if x < 1 { return (1.5 * x - 2.5) * x * x + 1 }
    return x < 2 ? ((2.5 - 0.5 * x) * x - 4) * x + 2 : 0
  }
}
