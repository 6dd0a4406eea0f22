/// The square about a face's 68 landmarks that the loaders of TRG and PerspNet cut out of the image (TARGETS §1.3;
/// asw91666/TRG-Release, data/arkit_dataset.py), without augmentation.
public struct LandmarkSquare: Sendable, Equatable {
  /// The middle of the landmarks' box, in pixels.
  public let centre: SIMD2<Double>
  /// The longer side of the landmarks' box, in pixels.
  public let extent: Double
  /// The region that is cut out, in pixels: from 0.75 of the extent before the middle to as much behind it, each
  /// truncated toward zero. So it may be a pixel wider than high.
  public private(set) var region: IntegerBox

  /// - Returns: nil where there are no points, or such as `PlausibleRange.coordinate` does not have.
  public init?(around points: some Collection<SIMD2<Double>>) {
    guard points.allSatisfy({ PlausibleRange.coordinate.contains($0) }),
      let bounds = BoundingBox(around: points)
    else { return nil }
    centre = SIMD2(bounds.right + bounds.left, bounds.bottom + bounds.top) / 2
    extent = max(bounds.width, bounds.height)
    let reach = 0.75 * extent
    region = IntegerBox(
      left: Int(centre.x - reach), top: Int(centre.y - reach), right: Int(centre.x + reach),
      bottom: Int(centre.y + reach))
  }

  /// The region moved inside of an image, as TRG does for 300W-LP and BIWI: away from the left, the right, the upper
  /// and the lower edge, in this order. One that is larger than the image stays outside on the left or above.
  ///
  /// - Parameter imageSize: width and height in pixels.
  public mutating func moveInside(_ imageSize: SIMD2<Int>) {
    func move(_ low: inout Int, _ high: inout Int, _ last: Int) {
      if low < 0 { (low, high) = (0, high - low) }
      if high > last { (low, high) = (low - (high - last), last) }
    }
    move(&region.left, &region.right, imageSize.x - 1)
    move(&region.top, &region.bottom, imageSize.y - 1)
  }

  /// From the image's pixels to those of the crop: the region's left and top become 0, and its right and bottom the
  /// crop's last pixel, each axis by its own scale.
  ///
  /// - Parameters:
  ///   - region: in pixels of the image.
  ///   - size: of the crop's sides, in pixels.
  ///   - origin: the image's pixel that is the first of the picture that is mapped.
  /// - Returns: nil where the region has no area.
  public static func map(
    of region: IntegerBox, to size: Int, origin: SIMD2<Int> = .zero
  ) -> PlanarMap? {
    guard !region.isEmpty else { return nil }
    let corner = SIMD2(Double(region.left - origin.x), Double(region.top - origin.y))
    let scale = Double(size - 1) / SIMD2(Double(region.width), Double(region.height))
    return PlanarMap(
      xRow: SIMD2(scale.x, 0), yRow: SIMD2(0, scale.y), translation: -1 * scale * corner)
  }
}
