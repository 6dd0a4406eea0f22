internal import CWebP

/// The first frame of a WebP file (https://developers.google.com/speed/webp/docs/riff_container), read by libwebp.
enum WebPImage {
  /// "RIFF", the size of what follows, "WEBP".
  static func isRecognised(_ bytes: UnsafeRawBufferPointer) -> Bool {
    bytes.count >= 12 && bytes.starts(with: "RIFF".utf8) && bytes[8..<12].elementsEqual("WEBP".utf8)
  }

  /// - Returns: nil where the header does not end within the bytes.
  /// - Throws: `ImageError` where it is broken, or the file is an animation.
  static func header(
    _ bytes: UnsafeRawBufferPointer, isWhole: Bool
  ) throws(ImageError) -> ImageHeader? {
    var features = WebPBitstreamFeatures()
    let start = bytes.assumingMemoryBound(to: UInt8.self).baseAddress
    let status = WebPGetFeatures(start, bytes.count, &features)
    if status == VP8_STATUS_NOT_ENOUGH_DATA, !isWhole { return nil }
    guard status == VP8_STATUS_OK, features.width > 0, features.height > 0 else {
      throw ImageError(
        reason: .unreadable, description: "expected a WebP header, found a broken one")
    }
    guard features.has_animation == 0 else {
      throw ImageError(reason: .notAnImage, description: "expected one picture, found an animation")
    }
    var header = ImageHeader(
      format: .webp, width: Int(features.width), height: Int(features.height))
    // The tags come after the pixels, so all of a file that has some is needed.
    guard hasTags(bytes) else { return header }
    if let tags = tags(in: bytes) {
      header.take(tags)
    } else if !isWhole {
      return nil
    }
    return header
  }

  /// Whether the extended header says that there is a chunk of EXIF tags.
  private static func hasTags(_ bytes: UnsafeRawBufferPointer) -> Bool {
    bytes.count > 20 && bytes[12..<16].elementsEqual("VP8X".utf8) && bytes[20] & 0x08 != 0
  }

  /// What the chunk of EXIF tags says; nil where it is not within the bytes. Each chunk is its type, its size and its data,
  /// with a byte of padding where they are odd.
  private static func tags(in bytes: UnsafeRawBufferPointer) -> EXIFTags? {
    var position = 12
    while position + 8 <= bytes.count {
      let size = Int(
        bytes.loadUnaligned(fromByteOffset: position + 4, as: UInt32.self).littleEndian)
      let end = position + 8 + size
      if bytes[position..<position + 4].elementsEqual("EXIF".utf8) {
        guard end <= bytes.count else { return nil }
        return EXIFTags(chunk: UnsafeRawBufferPointer(rebasing: bytes[position + 8..<end]))
      }
      position = end + size % 2
    }
    return nil
  }

  /// Whether the file has as many bytes as it says.
  static func hasEnd(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard bytes.count >= 12 else { return false }
    let size = bytes.loadUnaligned(fromByteOffset: 4, as: UInt32.self).littleEndian
    return bytes.count >= 8 + Int(size)
  }

  /// Decodes the pixels; transparency is left out.
  ///
  /// - Throws: `ImageError` where the data are broken.
  static func pixels(
    _ bytes: UnsafeRawBufferPointer, _ header: ImageHeader
  ) throws(ImageError) -> PixelImage {
    var isRead = false
    let image = PixelImage(width: header.width, height: header.height) { pixels in
      let size = 3 * header.width * header.height
      pixels.update(repeating: 0, count: size)
      isRead =
        WebPDecodeRGBInto(
          bytes.assumingMemoryBound(to: UInt8.self).baseAddress, bytes.count, pixels, size,
          CInt(3 * header.width)) != nil
    }
    guard isRead else {
      throw ImageError(reason: .unreadable, description: "expected WebP data, found broken ones")
    }
    return image
  }
}
