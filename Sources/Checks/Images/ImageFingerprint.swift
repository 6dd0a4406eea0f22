public import Codecs

/// What is kept of an image's pixels, in order to recognise the image among others.
public struct ImageFingerprint: Sendable, Equatable {
  /// A hash of the decoded pixels and the width, whatever file they came from.
  public var pixels: UInt64
  /// The hash of `PerceptualHasher`; nil for a picture without texture.
  public var perceptual: UInt64?

  /// A fingerprint of known hashes.
  public init(pixels: UInt64, perceptual: UInt64?) {
    (self.pixels, self.perceptual) = (pixels, perceptual)
  }

  /// - Parameters:
  ///   - image: with its pixels at full size.
  ///   - hasher: one that only the calling thread uses.
  public init(of image: PixelImage, with hasher: inout PerceptualHasher) {
    // With the width in it, 2 x 3 pixels differ from 3 x 2.
    let hash = image.pixels.withUnsafeBytes { fastHash(of: $0, seed: UInt64(image.width)) }
    self.init(pixels: hash, perceptual: hasher.hash(of: image))
  }
}
