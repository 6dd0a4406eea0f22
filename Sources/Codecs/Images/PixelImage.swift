internal import CPNG

/// An 8-bit RGB image in memory: rows from the top, without padding.
public struct PixelImage: Sendable, Equatable {
  /// In pixels; at least 1.
  public let width: Int
  /// In pixels; at least 1.
  public let height: Int
  /// width x height x 3 bytes: red, green and blue of each pixel.
  public var pixels: [UInt8]

  /// An image of one colour: red, green, blue. Both sides must be at least 1.
  public init(width: Int, height: Int, fill: SIMD3<UInt8> = [0, 0, 0]) {
    precondition(width > 0 && height > 0, "an image has at least one pixel")
    self.width = width
    self.height = height
    pixels = Array(repeating: fill.x, count: width * height * 3)
    guard fill.y != fill.x || fill.z != fill.x else { return }
    for i in 0..<width * height {
      (pixels[3 * i], pixels[3 * i + 1], pixels[3 * i + 2]) = (fill.x, fill.y, fill.z)
    }
  }

  /// - Parameter fill: must write all width x height x 3 bytes.
  init(width: Int, height: Int, fill: (UnsafeMutablePointer<UInt8>) -> Void) {
    self.width = width
    self.height = height
    let count = width * height * 3
    pixels = Array(unsafeUninitializedCapacity: count) { buffer, initialized in
      if let start = buffer.baseAddress { fill(start) }
      initialized = count
    }
  }

  /// Decodes a whole file.
  ///
  /// - Throws: `ImageError` where the bytes are neither, are broken, or have too many pixels.
  public init(
    decoding bytes: UnsafeRawBufferPointer, limit: PixelLimit = .standard
  ) throws(ImageError) {
    self = try ImageDecoder(limit: limit).image(bytes).image
  }

  /// The image as a PNG file.
  public func png() -> [UInt8] {
    var image = png_image()
    image.version = UInt32(PNG_IMAGE_VERSION)
    image.width = UInt32(width)
    image.height = UInt32(height)
    image.format = UInt32(PNG_FORMAT_FLAG_COLOR)
    defer { png_image_free(&image) }
    var size = 0
    guard png_image_write_to_memory(&image, nil, &size, 0, pixels, 0, nil) != 0 else {
      preconditionFailure("libpng measures every valid image")
    }
    var file = [UInt8](repeating: 0, count: size)
    guard png_image_write_to_memory(&image, &file, &size, 0, pixels, 0, nil) != 0 else {
      preconditionFailure("libpng writes every valid image")
    }
    return Array(file.prefix(size))
  }
}
