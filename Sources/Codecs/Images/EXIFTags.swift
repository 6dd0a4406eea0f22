/// What EXIF tags say of a photograph (Exif 2.3).
struct EXIFTags {
  /// Tag 0x0112, 1 to 8; nil where there is none.
  var orientation: Int?
  /// FocalLengthIn35mmFilm, 0xA405, in millimetres; nil where there is none, or 0, which means unknown.
  private var filmFocalLength: Int?
  /// PixelXDimension and PixelYDimension, 0xA002 and 0xA003: of the photograph as it was written by the camera.
  private var pixelSize: (width: Int, height: Int)?

  /// No tags.
  init() {}

  /// - Parameter chunk: of a PNG or WebP file. Some programs begin it with a JPEG segment's signature.
  /// - Returns: nil where no tags are in it.
  init?(chunk: UnsafeRawBufferPointer) {
    let start = chunk.starts(with: "Exif\0\0".utf8) ? 6 : 0
    guard chunk.count >= start + 8 else { return nil }
    self.init(tiff: UnsafeRawBufferPointer(rebasing: chunk[start...]))
  }

  /// - Parameter tiff: the segment after its signature. Whatever lies outside of it is as if it were not there.
  init(tiff: UnsafeRawBufferPointer) {
    let reader = Reader(tiff: tiff)
    var (details, width, height): (Int?, Int?, Int?)
    reader.forEachEntry(at: reader.unsigned32(4)) { tag, value in
      switch tag {
      case 0x0112: orientation = orientation ?? value(2).flatMap { (1...8).contains($0) ? $0 : nil }
      case 0x8769: details = details ?? value(4)
      default: break
      }
    }
    reader.forEachEntry(at: details) { tag, value in
      switch tag {
      case 0xA405: filmFocalLength = value(2).flatMap { (1...10_000).contains($0) ? $0 : nil }
      case 0xA002: width = value(4)
      case 0xA003: height = value(4)
      default: break
      }
    }
    if let width, let height, width > 0, height > 0 { pixelSize = (width, height) }
  }

  /// The equivalent focal length of a photograph that is whole.
  ///
  /// - Parameters:
  ///   - width: of the file's own pixels.
  ///   - height: likewise.
  /// - Returns: nil where the sides are not in the ratio that the tags state, in either order, to a pixel.
  func focalLength(width: Int, height: Int) -> Double? {
    guard let filmFocalLength, let size = pixelSize else { return nil }
    func isWhole(_ sides: (Int, Int)) -> Bool {
      let scale = Double(sides.0) / Double(width)
      return abs(Double(sides.1) / scale - Double(height)) <= 1
    }
    guard isWhole((size.width, size.height)) || isWhole((size.height, size.width)) else {
      return nil
    }
    return Double(filmFocalLength)
  }

  /// Numbers of a TIFF structure.
  private struct Reader {
    let tiff: UnsafeRawBufferPointer
    private let isLittleEndian: Bool

    init(tiff: UnsafeRawBufferPointer) {
      self.tiff = tiff
      isLittleEndian = tiff.first == UInt8(ascii: "I")
    }

    func unsigned16(_ at: Int) -> Int? {
      guard at >= 0, at + 2 <= tiff.count else { return nil }
      return isLittleEndian
        ? Int(tiff[at]) | Int(tiff[at + 1]) << 8 : Int(tiff[at]) << 8 | Int(tiff[at + 1])
    }

    func unsigned32(_ at: Int) -> Int? {
      guard let first = unsigned16(at), let second = unsigned16(at + 2) else { return nil }
      return isLittleEndian ? first | second << 16 : first << 16 | second
    }

    /// Calls `body` with the tag of each entry of a directory, and how to get its value: as a SHORT where `2` is
    /// given; with `4`, as a LONG where the entry is one, else as a SHORT.
    func forEachEntry(at directory: Int?, _ body: (Int, (Int) -> Int?) -> Void) {
      guard let directory, let count = unsigned16(directory) else { return }
      for entry in 0..<count {
        let at = directory + 2 + 12 * entry
        guard at + 12 <= tiff.count, let tag = unsigned16(at) else { return }
        body(tag) { bytes in
          bytes == 4 && unsigned16(at + 2) == 4 ? unsigned32(at + 8) : unsigned16(at + 8)
        }
      }
    }
  }
}
