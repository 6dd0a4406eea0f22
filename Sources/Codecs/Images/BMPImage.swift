/// Uncompressed Windows bitmaps of 1 to 32 bits a pixel
/// (https://learn.microsoft.com/en-us/windows/win32/gdi/bitmap-storage).
struct BMPImage {
  /// What the header states.
  let header: ImageHeader
  private let bits: Int
  /// Whether the first stored row is the top one.
  private let isTopDown: Bool
  /// Where the rows begin.
  private let offset: Int
  /// In bytes, padded to multiples of four.
  private let stride: Int
  /// For 16 and 32 bits: which bits are red, green and blue.
  private let masks: [UInt32]
  /// For up to 8 bits: where the colours begin, how many there are, and the bytes of each.
  private let palette: (offset: Int, count: Int, width: Int)

  /// How many of the first bytes hold the header.
  private static let headerBytes = 70

  /// "BM", and a size of the next header that is known.
  static func isRecognised(_ bytes: UnsafeRawBufferPointer) -> Bool {
    bytes.starts(with: "BM".utf8)
      && (bytes.count < 18 || [12, 40, 52, 56, 64, 108, 124].contains(number(bytes, 14, 4)))
  }

  /// - Returns: nil where the header does not end within the bytes.
  /// - Throws: `ImageError` where it is broken, or of a form that is not read.
  init?(_ bytes: UnsafeRawBufferPointer, isWhole: Bool) throws(ImageError) {
    func wrong(_ found: String) -> ImageError {
      ImageError(reason: .unreadable, description: "expected a BMP header, found \(found)")
    }
    guard bytes.count >= 26, bytes.count >= Self.headerBytes || isWhole else {
      if isWhole { throw wrong("\(bytes.count) bytes") }
      return nil
    }
    let size = Self.number(bytes, 14, 4)
    let isCore = size == 12
    guard bytes.count >= 14 + min(size, 40) else { throw wrong("\(bytes.count) bytes") }
    let width = isCore ? Self.number(bytes, 18, 2) : Self.signed(bytes, 18)
    let height = isCore ? Self.number(bytes, 20, 2) : Self.signed(bytes, 22)
    bits = Self.number(bytes, isCore ? 24 : 28, 2)
    let compression = isCore ? 0 : Self.number(bytes, 30, 4)
    offset = Self.number(bytes, 10, 4)
    guard width > 0, height != 0, [1, 4, 8, 16, 24, 32].contains(bits) else {
      throw wrong("\(width) x \(height) pixels of \(bits) bits")
    }
    // 3 and 6 tell which bits are which colour.
    let hasMasks = compression == 3 || compression == 6
    guard compression == 0 || hasMasks && bits >= 16 && bits != 24 else {
      throw wrong("compression \(compression), which is not read; convert it to PNG")
    }
    guard !hasMasks || bytes.count >= 66 else { throw wrong("\(bytes.count) bytes") }
    masks =
      hasMasks
      ? [54, 58, 62].map { UInt32(Self.number(bytes, $0, 4)) }
      : bits == 16 ? [0x7C00, 0x3E0, 0x1F] : [0xFF0000, 0xFF00, 0xFF]
    isTopDown = height < 0
    stride = (width * bits + 31) / 32 * 4
    let stated = isCore ? 0 : Self.number(bytes, 46, 4)
    let colours = bits > 8 ? 0 : stated == 0 ? 1 << bits : min(stated, 1 << bits)
    palette = (14 + size, colours, isCore ? 3 : 4)
    header = ImageHeader(format: .bmp, width: width, height: abs(height))
  }

  /// Whether all rows are there.
  func hasEnd(_ bytes: UnsafeRawBufferPointer) -> Bool {
    offset >= 26 && offset <= bytes.count && (bytes.count - offset) / stride >= header.height
      && palette.offset + palette.count * palette.width <= bytes.count
  }

  /// The pixels; transparency is left out.
  ///
  /// - Throws: `ImageError` where rows are missing.
  func pixels(_ bytes: UnsafeRawBufferPointer) throws(ImageError) -> PixelImage {
    guard hasEnd(bytes) else {
      throw ImageError(reason: .unreadable, description: "expected all rows, found some missing")
    }
    let (width, height) = (header.width, header.height)
    let colours = (0..<palette.count).map { i in
      (0..<3).map { bytes[palette.offset + i * palette.width + 2 - $0] }
    }
    return PixelImage(width: width, height: height) { pixels in
      for y in 0..<height {
        let row = offset + (isTopDown ? y : height - 1 - y) * stride
        for x in 0..<width {
          let target = pixels + 3 * (y * width + x)
          switch bits {
          case 24:
            for channel in 0..<3 { target[channel] = bytes[row + 3 * x + 2 - channel] }
          case 16, 32:
            let value = UInt32(Self.number(bytes, row + x * bits / 8, bits / 8))
            for channel in 0..<3 { target[channel] = Self.level(value, masks[channel]) }
          default:
            let shift = 8 - bits - x * bits % 8
            let index = Int(bytes[row + x * bits / 8] >> UInt8(shift)) & (1 << bits - 1)
            for channel in 0..<3 {
              target[channel] = index < colours.count ? colours[index][channel] : 0
            }
          }
        }
      }
    }
  }

  /// The bits of a mask, stretched to 0 to 255.
  private static func level(_ value: UInt32, _ mask: UInt32) -> UInt8 {
    guard mask != 0 else { return 0 }
    let shift = UInt32(mask.trailingZeroBitCount)
    let most = UInt64(mask >> shift)
    return UInt8(UInt64((value & mask) >> shift) * 255 / most)
  }

  private static func number(_ bytes: UnsafeRawBufferPointer, _ place: Int, _ count: Int) -> Int {
    (0..<count).reduce(0) { $0 | Int(bytes[place + $1]) << (8 * $1) }
  }

  private static func signed(_ bytes: UnsafeRawBufferPointer, _ place: Int) -> Int {
    Int(Int32(truncatingIfNeeded: number(bytes, place, 4)))
  }
}
