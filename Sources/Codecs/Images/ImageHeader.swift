internal import CPNG
internal import CTurboJPEG
internal import Glibc

/// What an image file states about itself, known before any pixel is decoded.
public struct ImageHeader: Sendable, Equatable {
  /// The formats that can be read.
  public enum Format: String, Sendable, CaseIterable {
    case jpeg, png, webp, bmp

    /// The usual ending of a file's name, without its dot.
    public var ending: String { self == .jpeg ? "jpg" : rawValue }

    /// "a JPEG, PNG, WebP or BMP image".
    static let anyImage = "a JPEG, PNG, WebP or BMP image"
  }

  /// By the file's first bytes.
  public var format: Format
  /// Of the stored pixels, before any rotation that a tag asks for.
  public var width: Int
  /// Of the stored pixels, likewise.
  public var height: Int
  /// The EXIF orientation, 1 to 8; nil without such a tag. 1 is upright. It is never applied. In a PNG file the tags are before
  /// the pixels, in the chunk eXIf; a BMP file has none.
  public var orientation: Int?
  /// The focal length on 24 x 36 mm film that shows the same view, in millimetres, from EXIF tags. nil without
  /// the tag, and where the tags do not tell that the photograph is whole: the size that they state must have the sides'
  /// ratio of the file's own, for cropping keeps the tag and narrows the view.
  public var equivalentFocalLength: Double?
  /// What the file's channels are.
  public var colour = Colour.rgb
  /// Bits in a channel: 8, or 16 in some PNG files.
  public var bitDepth = 8

  /// What the channels are. `cmyk` has the four channels of print, which programs convert to RGB in different
  /// ways.
  public enum Colour: String, Sendable { case grey, rgb, cmyk }
}

/// Why a file is not a usable image. The text completes "photo.jpg: image: ...".
public struct ImageError: Error, Equatable, CustomStringConvertible {
  /// The kind of fault. `damaged` means that the decoder gave pixels but warned about them.
  public enum Reason: Sendable, Equatable {
    case empty, notAnImage, truncated, damaged, unreadable, tooManyPixels
  }

  /// The kind of fault.
  public let reason: Reason
  public let description: String
}

/// Reads image headers. It holds a handle of libjpeg-turbo, so use one for each thread.
public final class ImageExaminer {
  private let decoder: tjhandle
  private let limit: PixelLimit

  /// Makes an examiner.
  ///
  /// - Parameter limit: headers of more pixels are refused.
  public init(limit: PixelLimit = .standard) {
    self.limit = limit
    guard let handle = tjInitDecompress() else {
      preconditionFailure("libjpeg-turbo has no memory for a handle")
    }
    decoder = handle
  }

  deinit { tjDestroy(decoder) }

  /// How many bytes to read first. Most headers end within them.
  public static let headerBytes = 16_384

  /// Reads the header at the start of a file.
  ///
  /// - Parameters:
  ///   - bytes: the file's first bytes, or all of them.
  ///   - isWhole: whether `bytes` is the whole file.
  /// - Returns: nil where the header does not end within `bytes`, so that more are needed. Never nil where
  ///   `isWhole`.
  /// - Throws: `ImageError` where these bytes cannot begin an image of a known format, or begin one with too
  ///   many pixels.
  public func header(_ bytes: UnsafeRawBufferPointer, isWhole: Bool) throws(ImageError)
    -> ImageHeader?
  {
    guard !bytes.isEmpty else {
      throw ImageError(
        reason: .empty, description: "expected \(ImageHeader.Format.anyImage), found an empty file")
    }
    var header: ImageHeader?
    if bytes.starts(with: [0xFF, 0xD8, 0xFF]) {
      header = try jpegHeader(bytes, isWhole: isWhole)
    } else if bytes.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) {
      header = try pngHeader(bytes, isWhole: isWhole)
    } else if WebPImage.isRecognised(bytes) {
      header = try WebPImage.header(bytes, isWhole: isWhole)
    } else if BMPImage.isRecognised(bytes) {
      header = try BMPImage(bytes, isWhole: isWhole)?.header
    } else {
      throw Self.notAnImage(bytes)
    }
    if let header { try limit.check(width: header.width, height: header.height) }
    return header
  }

  private static func notAnImage(_ bytes: UnsafeRawBufferPointer) -> ImageError {
    let found = bytes.prefix(4).map { byte in
      let digits = String(byte, radix: 16)
      return digits.count == 1 ? "0" + digits : digits
    }.joined(separator: " ")
    return ImageError(
      reason: .notAnImage,
      description:
        "expected \(ImageHeader.Format.anyImage), found a file that starts with bytes \(found)")
  }

  /// Whether the last bytes of a file end an image, so that the rest need not be looked at. Those of WebP and BMP do not
  /// tell it.
  ///
  /// - Parameters:
  ///   - tail: at least the last 8 bytes of the file.
  ///   - format: the file's, as its first bytes say it.
  public static func isEnd(_ tail: some Collection<UInt8>, format: ImageHeader.Format) -> Bool {
    switch format {
    case .jpeg: tail.suffix(2).elementsEqual([0xFF, 0xD9])
    case .png: tail.suffix(8).elementsEqual([0x49, 0x45, 0x4E, 0x44, 0xAE, 0x42, 0x60, 0x82])
    case .webp, .bmp: false
    }
  }

  /// Checks that a whole file was not cut short.
  ///
  /// - Throws: `ImageError` where the end-of-image marker (JPEG) or IEND chunk (PNG) is missing, or fewer bytes are
  ///   there than the header states (WebP, BMP).
  public static func checkEnd(
    of bytes: UnsafeRawBufferPointer, format: ImageHeader.Format
  ) throws(ImageError) {
    let marker: String
    switch format {
    case .jpeg:
      if JPEGStructure.hasEndOfImage(bytes) { return }
      marker = "an end-of-image marker"
    case .png:
      if PNGStructure.hasEnd(bytes) { return }
      marker = "an IEND chunk"
    case .webp:
      if WebPImage.hasEnd(bytes) { return }
      marker = "all bytes that its header states"
    case .bmp:
      if try BMPImage(bytes, isWhole: true)?.hasEnd(bytes) == true { return }
      marker = "all rows"
    }
    throw ImageError(
      reason: .truncated,
      description: "expected \(marker), found none in \(bytes.count) bytes; the file is truncated")
  }

  private func jpegHeader(_ bytes: UnsafeRawBufferPointer, isWhole: Bool) throws(ImageError)
    -> ImageHeader?
  {
    var (width, height, subsampling, colorspace): (CInt, CInt, CInt, CInt) = (-1, -1, -1, -1)
    let status = tjDecompressHeader3(
      decoder, bytes.assumingMemoryBound(to: UInt8.self).baseAddress, UInt(bytes.count), &width,
      &height, &subsampling, &colorspace)
    // The size is also known where the call then fails on a rare chroma subsampling.
    guard width > 0, height > 0 else {
      guard isWhole else { return nil }
      let reason = status == 0 ? "no size" : String(cString: tjGetErrorStr2(decoder))
      throw ImageError(reason: .unreadable, description: "expected a JPEG header, found: \(reason)")
    }
    let colour: ImageHeader.Colour =
      switch UInt32(bitPattern: colorspace) {
      case TJCS_GRAY.rawValue: .grey
      case TJCS_CMYK.rawValue, TJCS_YCCK.rawValue: .cmyk
      default: .rgb
      }
    var header = ImageHeader(
      format: .jpeg, width: Int(width), height: Int(height), colour: colour)
    header.take(JPEGStructure.tags(in: bytes))
    return header
  }

  private func pngHeader(_ bytes: UnsafeRawBufferPointer, isWhole: Bool) throws(ImageError)
    -> ImageHeader?
  {
    var image = png_image()
    image.version = UInt32(PNG_IMAGE_VERSION)
    defer { png_image_free(&image) }
    guard png_image_begin_read_from_memory(&image, bytes.baseAddress, bytes.count) != 0 else {
      guard isWhole else { return nil }
      let reason = withUnsafeBytes(of: image.message) { text in
        String(decoding: text.prefix { $0 != 0 }, as: UTF8.self)
      }
      throw ImageError(reason: .unreadable, description: "expected a PNG header, found: \(reason)")
    }
    var header = ImageHeader(
      format: .png, width: Int(image.width), height: Int(image.height),
      colour: image.format & PNG_FORMAT_FLAG_COLOR == 0 ? .grey : .rgb,
      bitDepth: image.format & PNG_FORMAT_FLAG_LINEAR == 0 ? 8 : 16)
    // The call above has found the pixels, before which the tags are.
    if let tags = PNGStructure.chunk("eXIf", of: bytes, before: "IDAT"),
      let tags = EXIFTags(chunk: tags)
    {
      header.take(tags)
    }
    return header
  }
}

extension ImageHeader {
  /// Takes over what EXIF tags say.
  mutating func take(_ tags: EXIFTags) {
    orientation = tags.orientation
    equivalentFocalLength = tags.focalLength(width: width, height: height)
  }
}
