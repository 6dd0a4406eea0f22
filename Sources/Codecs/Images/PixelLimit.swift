/// How many pixels an image may have. This is checked by its header, before any memory is taken for the pixels.
///
/// A file of a few bytes can claim any size, so every reader of headers and every decoder has a limit.
public struct PixelLimit: Sendable, Equatable {
  /// The longest side of any image, in pixels. No limit allows a longer one.
  public static let longestSide = 1 << 20
  /// The default: 250 million pixels.
  public static let standard = PixelLimit(pixels: 250_000_000)

  /// The greatest product of width and height.
  public var pixels: Int

  /// From the greatest product of width and height.
  public init(pixels: Int) { self.pixels = pixels }

  /// Checks an image's size in pixels.
  ///
  /// - Throws: `ImageError` where it is over the limit, or a side is over `longestSide`.
  public func check(width: Int, height: Int) throws(ImageError) {
    guard max(width, height) <= Self.longestSide else {
      throw ImageError(
        reason: .tooManyPixels,
        description:
          "expected sides of at most \(Self.longestSide) pixels, found \(width) x \(height)")
    }
    guard width * height <= pixels else {
      throw ImageError(
        reason: .tooManyPixels,
        description: "expected at most \(pixels) pixels, found \(width) x \(height)")
    }
  }
}
