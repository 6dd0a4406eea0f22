/// How many pixels an image may have, which its header says before any memory is taken for them.
///
/// A file of a few bytes can claim any size, so every reader of headers and every decoder has a limit.
public struct PixelLimit: Sendable, Equatable {
  /// In pixels; more has no format that is read here a use for.
  public static let longestSide = 1 << 20
  public static let standard = PixelLimit(pixels: 250_000_000)

  /// Width times height.
  public var pixels: Int

  public init(pixels: Int) { self.pixels = pixels }

  /// - Throws: `ImageError` where an image is larger.
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
