internal import Codecs

/// Scales images to a network's input: three planes of floats from 0 to 255, red first.
///
/// The result is that of OpenCV's blobFromImage, see `BilinearScaler`. Large photographs are already shrunk by the
/// decoder. It holds working memory; use one per thread.
struct BilinearPlanes {
  private var scaler = BilinearScaler()

  mutating func fill(
    _ planes: UnsafeMutableBufferPointer<Float>, width: Int, height: Int, from image: PixelImage
  ) {
    precondition(planes.count == 3 * width * height, "three planes")
    if width == image.width, height == image.height {
      image.pixels.withUnsafeBufferPointer { Self.copy($0, to: planes, at: 0) }
    } else {
      scaler.scale(image, width: width, height: height) { y, line in
        Self.copy(line, to: planes, at: y * width)
      }
    }
  }

  /// Puts pixels with interleaved channels into the planes, from the given place of each on.
  private static func copy(
    _ pixels: UnsafeBufferPointer<UInt8>, to planes: UnsafeMutableBufferPointer<Float>,
    at start: Int
  ) {
    let plane = planes.count / 3
    for i in 0..<pixels.count / 3 {
      planes[start &+ i] = Float(pixels[3 &* i])
      planes[start &+ plane &+ i] = Float(pixels[3 &* i &+ 1])
      planes[start &+ 2 &* plane &+ i] = Float(pixels[3 &* i &+ 2])
    }
  }
}
