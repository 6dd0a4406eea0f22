public import Codecs

/// What is kept of an image's pixels, to find it again among others.
public struct ImageFingerprint: Sendable, Equatable {
  /// Of the decoded pixels and the size, whatever file they were in.
  public var pixels: UInt64
  /// `PerceptualHasher`'s; nil for a picture without texture.
  public var perceptual: UInt64?

  public init(pixels: UInt64, perceptual: UInt64?) {
    (self.pixels, self.perceptual) = (pixels, perceptual)
  }

  /// - Parameter hasher: the calling thread's own.
  public init(of image: PixelImage, with hasher: inout PerceptualHasher) {
    // The width tells 2 x 3 pixels from 3 x 2.
    let hash = image.pixels.withUnsafeBytes { fastHash(of: $0, seed: UInt64(image.width)) }
    self.init(pixels: hash, perceptual: hasher.hash(of: image))
  }
}
