internal import CTurboJPEG

/// Cuts rectangles out of image files without loss: of a JPEG without decoding and encoding its pixels (libjpeg-turbo's
/// `tjTransform`), of a PNG into another PNG. It holds a decoder, so use one for each thread.
///
/// What is cut of a JPEG begins at a block of the file, so it begins where it was asked to or before. Decoded, its
/// pixels are those of the whole image, but for the two rows or columns at a cut, whose chroma is interpolated
/// otherwise; so one block more is cut on each side.
public final class ImageCropper {
  private let decoder: ImageDecoder

  /// Makes a cropper.
  ///
  /// - Parameter limit: PNGs of more pixels are refused before memory is taken for them.
  public init(limit: PixelLimit = .standard) {
    decoder = ImageDecoder(limit: limit)
  }

  /// A piece of an image, as a file.
  public struct Piece: Sendable {
    /// A JPEG where the image is one, else a PNG.
    public var file: [UInt8]
    /// The image's column that is the piece's first.
    public var left: Int
    /// The image's row that is the piece's first.
    public var top: Int
  }

  /// Cuts out at least the given columns and rows, as far as the image has them. The file's markers are not copied.
  ///
  /// - Throws: `ImageError` where the bytes are no whole image, or where the image has none of these pixels.
  public func piece(
    of bytes: UnsafeRawBufferPointer, format: ImageHeader.Format, columns: Range<Int>,
    rows: Range<Int>
  ) throws(ImageError) -> Piece {
    switch format {
    case .jpeg: return try jpeg(bytes, columns, rows)
    case .png, .webp, .bmp:
      let image = try decoder.image(bytes).image
      let columns = columns.clamped(to: 0..<image.width)
      let rows = rows.clamped(to: 0..<image.height)
      guard !columns.isEmpty, !rows.isEmpty else { throw Self.nothing(image.width, image.height) }
      return Piece(
        file: image.cut(columns: columns, rows: rows).png(), left: columns.lowerBound,
        top: rows.lowerBound)
    }
  }

  private static func nothing(_ width: Int, _ height: Int) -> ImageError {
    ImageError(
      reason: .unreadable, description: "expected pixels within \(width) x \(height), found none")
  }

  private func jpeg(
    _ bytes: UnsafeRawBufferPointer, _ columns: Range<Int>, _ rows: Range<Int>
  ) throws(ImageError) -> Piece {
    // Anew for each file, as in `ImageDecoder`.
    guard let handle = tjInitTransform() else {
      preconditionFailure("libjpeg-turbo has no memory for a handle")
    }
    defer { tjDestroy(handle) }
    let source = bytes.assumingMemoryBound(to: UInt8.self).baseAddress
    var (width, height, subsampling, colours): (CInt, CInt, CInt, CInt) = (0, 0, 0, 0)
    guard
      tjDecompressHeader3(
        handle, source, UInt(bytes.count), &width, &height, &subsampling, &colours) == 0,
      let block = Self.block(subsampling)
    else { throw Self.failure(handle) }
    let columns = Self.widened(columns, block.width, limit: Int(width))
    let rows = Self.widened(rows, block.height, limit: Int(height))
    guard !columns.isEmpty, !rows.isEmpty else {
      throw Self.nothing(Int(width), Int(height))
    }
    var transform = tjtransform()
    transform.r = tjregion(
      x: CInt(columns.lowerBound), y: CInt(rows.lowerBound), w: CInt(columns.count),
      h: CInt(rows.count))
    transform.op = CInt(TJXOP_NONE.rawValue)
    transform.options = TJXOPT_CROP | TJXOPT_COPYNONE
    var output: UnsafeMutablePointer<UInt8>?
    var size: UInt = 0
    defer { tjFree(output) }
    let status = tjTransform(
      handle, source, UInt(bytes.count), 1, &output, &size, &transform, 0)
    guard status == 0 else { throw Self.failure(handle) }
    return Piece(
      file: Array(UnsafeBufferPointer(start: output, count: Int(size))),
      left: columns.lowerBound, top: rows.lowerBound)
  }

  private static func failure(_ handle: tjhandle) -> ImageError {
    let isDoubt = tjGetErrorCode(handle) == CInt(TJERR_WARNING.rawValue)
    return ImageError(
      reason: isDoubt ? .damaged : .unreadable,
      description: "expected JPEG data, found: \(String(cString: tjGetErrorStr2(handle)))")
  }

  /// The size in pixels of the least piece that has a place of its own; nil for a subsampling that is not known.
  private static func block(_ subsampling: CInt) -> (width: Int, height: Int)? {
    switch UInt32(bitPattern: subsampling) {
    case TJSAMP_444.rawValue, TJSAMP_GRAY.rawValue: (8, 8)
    case TJSAMP_422.rawValue: (16, 8)
    case TJSAMP_420.rawValue: (16, 16)
    case TJSAMP_440.rawValue: (8, 16)
    case TJSAMP_411.rawValue: (32, 8)
    default: nil
    }
  }

  /// From the beginning of a block, with a block more on each side, within the image.
  private static func widened(_ range: Range<Int>, _ block: Int, limit: Int) -> Range<Int> {
    let range = range.clamped(to: 0..<limit)
    guard !range.isEmpty else { return range }
    let start = max(range.lowerBound / block - 1, 0) * block
    return start..<min(range.upperBound + block, limit)
  }
}
