public import Codecs

/// An RGB colour: red, green and blue, 0 to 255 each.
public typealias Colour = SIMD3<UInt8>

/// Draws simple shapes on an image. Coordinates are 0-based pixels with the origin at the centre of the top left
/// pixel. Shapes are anti-aliased and cut off at the image's rim. A shape with a coordinate that is not finite is
/// left out.
public struct Canvas {
  /// The image with everything drawn so far.
  public private(set) var image: PixelImage

  /// Begins with an image, which stays as the background.
  public init(_ image: PixelImage) { self.image = image }

  /// Fills an ellipse.
  ///
  /// - Parameters:
  ///   - centre: in pixels.
  ///   - radii: half axes in pixels, above 0.
  ///   - axis: a unit vector along the first half axis.
  ///   - colour: what it is filled with.
  public mutating func fillEllipse(
    centre: SIMD2<Double>, radii: SIMD2<Double>, axis: SIMD2<Double> = [1, 0], colour: Colour
  ) {
    let (c, s) = (axis.x, axis.y)
    let reach = SIMD2(repeating: radii.max() + 1)
    paint(from: centre - reach, to: centre + reach, colour) { point in
      let offset = point - centre
      let inside = SIMD2(c * offset.x + s * offset.y, c * offset.y - s * offset.x) / radii
      // The distance to the rim in pixels, to first order.
      let distance = ((inside * inside).sum().squareRoot() - 1) * radii.min()
      return 0.5 - distance
    }
  }

  /// Draws a straight line with round ends. `width` is in pixels.
  public mutating func drawLine(
    from start: SIMD2<Double>, to end: SIMD2<Double>, width: Double = 1.5, colour: Colour
  ) {
    let span = end - start
    let squared = max((span * span).sum(), 1e-12)
    let reach = SIMD2(repeating: width + 1)
    let low = SIMD2(min(start.x, end.x), min(start.y, end.y)) - reach
    let high = SIMD2(max(start.x, end.x), max(start.y, end.y)) + reach
    paint(from: low, to: high, colour) { point in
      let along = min(max(((point - start) * span).sum() / squared, 0), 1)
      let offset = point - (start + along * span)
      return width / 2 + 0.5 - (offset * offset).sum().squareRoot()
    }
  }

  /// Draws the outline of a rectangle between two opposite corners. `width` is in pixels.
  public mutating func drawRectangle(
    from low: SIMD2<Double>, to high: SIMD2<Double>, width: Double = 1.5, colour: Colour
  ) {
    let corners = [low, SIMD2(high.x, low.y), high, SIMD2(low.x, high.y)]
    for i in 0..<4 {
      drawLine(from: corners[i], to: corners[(i + 1) % 4], width: width, colour: colour)
    }
  }

  /// Copies a picture over this image. It must lie inside of it.
  ///
  /// - Parameters:
  ///   - picture: no larger than this image.
  ///   - corner: where the picture's top left pixel goes.
  public mutating func paste(_ picture: PixelImage, at corner: SIMD2<Int>) {
    precondition(
      corner.min() >= 0 && corner.x + picture.width <= image.width
        && corner.y + picture.height <= image.height, "a picture inside the canvas")
    for y in 0..<picture.height {
      let from = 3 * y * picture.width
      let to = 3 * ((corner.y + y) * image.width + corner.x)
      for i in 0..<3 * picture.width { image.pixels[to + i] = picture.pixels[from + i] }
    }
  }

  /// Mixes in `colour` by the share, cut to 0...1, that `coverage` gives for each pixel.
  private mutating func paint(
    from low: SIMD2<Double>, to high: SIMD2<Double>, _ colour: Colour,
    coverage: (SIMD2<Double>) -> Double
  ) {
    guard low.x.isFinite, low.y.isFinite, high.x.isFinite, high.y.isFinite else { return }
    let (width, height) = (image.width, image.height)
    func clamped(_ value: Double, _ limit: Int) -> Int { Int(min(max(value, 0), Double(limit))) }
    let columns = clamped(low.x.rounded(.down), width)..<clamped(high.x.rounded(.up) + 1, width)
    for y in clamped(low.y.rounded(.down), height)..<clamped(high.y.rounded(.up) + 1, height) {
      for x in columns {
        let share = min(max(coverage(SIMD2(Double(x), Double(y))), 0), 1)
        guard share > 0 else { continue }
        let at = 3 * (y * width + x)
        for channel in 0..<3 {
          let old = Double(image.pixels[at + channel])
          image.pixels[at + channel] = UInt8(old + share * (Double(colour[channel]) - old))
        }
      }
    }
  }
}
