internal import CJPEGPart
internal import CPNGPixels
internal import CTurboJPEG

/// Decodes image files. It holds memory of libjpeg-turbo's, so use one for each thread.
public final class ImageDecoder {
  private let partDecoder: OpaquePointer
  private let examiner: ImageExaminer

  /// Makes a decoder.
  ///
  /// - Parameter limit: images of more pixels are refused before memory is taken for them.
  public init(limit: PixelLimit = .standard) {
    examiner = ImageExaminer(limit: limit)
    guard let handle = jpeg_part_make() else {
      preconditionFailure("libjpeg-turbo has no memory for a handle")
    }
    partDecoder = handle
  }

  deinit { jpeg_part_free(partDecoder) }

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
    // Programs make different pixels of them, and a network trained on others would not know these.
    guard header.colour != .cmyk else {
      throw ImageError(
        reason: .unreadable,
        description: "expected grey or RGB pixels, found CMYK; convert the file to RGB")
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

  /// Decodes a rectangle of a file: the pixels that the whole image has there. Of a JPEG that is not progressive little else is
  /// decoded, so what is broken below the rectangle may not be seen.
  ///
  /// - Parameters:
  ///   - bytes: the whole file.
  ///   - columns: of the stored pixels; what lies within the image counts, and must not be empty.
  ///   - rows: of the stored pixels, likewise.
  /// - Throws: `ImageError` as `image(_:longSideAtLeast:)`.
  public func part(
    of bytes: UnsafeRawBufferPointer, columns: Range<Int>, rows: Range<Int>
  ) throws(ImageError) -> PixelImage {
    guard let header = try examiner.header(bytes, isWhole: true) else {
      preconditionFailure("a whole file always has a header or an error")
    }
    let columns = columns.clamped(to: 0..<header.width)
    let rows = rows.clamped(to: 0..<header.height)
    precondition(!columns.isEmpty && !rows.isEmpty, "a part of the image")
    if header.format == .jpeg, let part = jpegPart(of: bytes, columns, rows) { return part }
    // Also where the file is damaged, for TurboJPEG says how.
    return try image(bytes).image.cut(columns: columns, rows: rows)
  }

  private func jpegPart(
    of bytes: UnsafeRawBufferPointer, _ columns: Range<Int>, _ rows: Range<Int>
  ) -> PixelImage? {
    guard let start = bytes.assumingMemoryBound(to: UInt8.self).baseAddress else { return nil }
    var isRead = false
    let image = PixelImage(width: columns.count, height: rows.count) { pixels in
      isRead =
        jpeg_part_read(
          partDecoder, start, bytes.count, CUnsignedInt(columns.lowerBound),
          CUnsignedInt(rows.lowerBound), CUnsignedInt(columns.count), CUnsignedInt(rows.count),
          pixels) != 0
    }
    return isRead ? image : nil
  }

  private func jpeg(
    _ bytes: UnsafeRawBufferPointer, width: Int, height: Int
  ) throws(ImageError) -> PixelImage {
    // Anew for each file: a handle keeps tables, and a file that lacks its own would be decoded by those of the file before.
    guard let decoder = tjInitDecompress() else {
      preconditionFailure("libjpeg-turbo has no memory for a handle")
    }
    defer { tjDestroy(decoder) }
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
    guard let start = bytes.assumingMemoryBound(to: UInt8.self).baseAddress else {
      preconditionFailure("a file with a header has bytes")
    }
    var isRead = false
    let image = PixelImage(width: header.width, height: header.height) { pixels in
      isRead =
        png_pixels_read(
          start, bytes.count, CUnsignedInt(header.width), CUnsignedInt(header.height), pixels) != 0
    }
    guard isRead else {
      throw ImageError(reason: .unreadable, description: "expected PNG data, found a broken image")
    }
    return image
  }
}
