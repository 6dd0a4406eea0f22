internal import CPNG
internal import CTurboJPEG

/// Decodes image files. It holds a handle of libjpeg-turbo, so use one for each thread.
public final class ImageDecoder {
  private let decoder: tjhandle
  private let examiner: ImageExaminer

  /// Makes a decoder.
  ///
  /// - Parameter limit: images of more pixels are refused before memory is taken for them.
  public init(limit: PixelLimit = .standard) {
    examiner = ImageExaminer(limit: limit)
    guard let handle = tjInitDecompress() else {
      preconditionFailure("libjpeg-turbo has no memory for a handle")
    }
    decoder = handle
  }

  deinit { tjDestroy(decoder) }

  /// Decodes a whole file.
  ///
  /// - Parameters:
  ///   - bytes: the whole file.
  ///   - longSideAtLeast: a JPEG whose longer side has at least twice as many pixels is decoded to a half, a quarter or
  ///     an eighth of its size, which is much faster. nil decodes all pixels.
  /// - Returns: the stored pixels, not turned by an EXIF orientation, and the header with the file's full size.
  /// - Throws: `ImageError` where the bytes are no image of a known format, are broken, or have too many pixels.
  public func image(
    _ bytes: UnsafeRawBufferPointer, longSideAtLeast: Int? = nil
  ) throws(ImageError) -> (image: PixelImage, header: ImageHeader) {
    guard let header = try examiner.header(bytes, isWhole: true) else {
      preconditionFailure("a whole file always has a header or an error")
    }
    let image: PixelImage
    switch header.format {
    case .jpeg:
      var shrink = 1
      if let longSideAtLeast {
        let longest = max(header.width, header.height)
        while shrink < 8, longest >= 2 * shrink * longSideAtLeast { shrink *= 2 }
      }
      image = try jpeg(
        bytes, width: (header.width + shrink - 1) / shrink,
        height: (header.height + shrink - 1) / shrink)
    case .png: image = try png(bytes, header)
    case .webp: image = try WebPImage.pixels(bytes, header)
    case .bmp:
      guard let bitmap = try BMPImage(bytes, isWhole: true) else {
        preconditionFailure("a whole file always has a header or an error")
      }
      image = try bitmap.pixels(bytes)
    }
    return (image, header)
  }

  private func jpeg(
    _ bytes: UnsafeRawBufferPointer, width: Int, height: Int
  ) throws(ImageError) -> PixelImage {
    var status: CInt = 0
    let image = PixelImage(width: width, height: height) { pixels in
      status = tjDecompress2(
        decoder, bytes.assumingMemoryBound(to: UInt8.self).baseAddress, UInt(bytes.count),
        pixels, CInt(width), 0, CInt(height), CInt(TJPF_RGB.rawValue), 0)
    }
    guard status == 0 else {
      let isDoubt = tjGetErrorCode(decoder) == CInt(TJERR_WARNING.rawValue)
      let reason = String(cString: tjGetErrorStr2(decoder))
      throw ImageError(
        reason: isDoubt ? .damaged : .unreadable,
        description: "expected JPEG data, found: \(reason)")
    }
    return image
  }

  private func png(
    _ bytes: UnsafeRawBufferPointer, _ header: ImageHeader
  ) throws(ImageError) -> PixelImage {
    var file = png_image()
    file.version = UInt32(PNG_IMAGE_VERSION)
    defer { png_image_free(&file) }
    guard png_image_begin_read_from_memory(&file, bytes.baseAddress, bytes.count) != 0 else {
      throw ImageError(reason: .unreadable, description: "expected PNG data, found a broken header")
    }
    file.format = UInt32(PNG_FORMAT_FLAG_COLOR)
    var isRead = false
    let image = PixelImage(width: header.width, height: header.height) { pixels in
      // Transparent pixels show black.
      pixels.update(repeating: 0, count: 3 * header.width * header.height)
      isRead = png_image_finish_read(&file, nil, pixels, 0, nil) != 0
    }
    guard isRead else {
      throw ImageError(reason: .unreadable, description: "expected PNG data, found a broken image")
    }
    return image
  }
}
