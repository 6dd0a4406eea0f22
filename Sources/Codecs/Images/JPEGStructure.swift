internal import Glibc

/// What a JPEG file's markers say, without decoding it (ISO/IEC 10918-1, annex B).
enum JPEGStructure {
  /// The EXIF orientation of the stored pixels, 1 to 8; nil where there is no such tag (Exif 2.3, tag 0x0112).
  static func orientation(in bytes: UnsafeRawBufferPointer) -> Int? {
    var found: Int?
    forEachSegment(of: bytes) { marker, payload in
      if marker == 0xE1, found == nil { found = exifOrientation(bytes, payload) }
      return found == nil
    }
    return found
  }

  /// Whether an end-of-image marker follows the scans. A file that was cut short has none.
  ///
  /// A thumbnail inside an APP segment has a marker of its own, so segments are skipped by their lengths. Only
  /// entropy-coded data is searched, where 0xFF occurs only before stuffing and restarts.
  static func hasEndOfImage(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard let start = bytes.baseAddress else { return false }
    var position = 2
    while position + 1 < bytes.count {
      // Entropy-coded data, or padding, to the next marker.
      guard let next = memchr(start + position, 0xFF, bytes.count - 1 - position) else {
        return false
      }
      position = UnsafeRawPointer(next) - start
      let marker = bytes[position + 1]
      switch marker {
      case 0xD9: return true
      case 0xFF: position += 1
      case 0x00, 0x01, 0xD0...0xD8: position += 2
      default:
        guard position + 3 < bytes.count else { return false }
        position += 2 + bigEndian16(bytes, position + 2)
      }
    }
    return false
  }

  /// Calls `body` with each marker segment before the first scan, until it returns false.
  private static func forEachSegment(
    of bytes: UnsafeRawBufferPointer, _ body: (UInt8, Range<Int>) -> Bool
  ) {
    var position = 2
    while position + 3 < bytes.count, bytes[position] == 0xFF {
      let marker = bytes[position + 1]
      if marker == 0xFF {
        position += 1
        continue
      }
      guard marker != 0xDA, marker != 0xD9 else { return }
      let end = position + 2 + bigEndian16(bytes, position + 2)
      guard end > position + 3, end <= bytes.count, body(marker, position + 4..<end) else { return }
      position = end
    }
  }

  private static func exifOrientation(
    _ bytes: UnsafeRawBufferPointer, _ payload: Range<Int>
  ) -> Int? {
    let signature = Array("Exif\0\0".utf8)
    guard payload.count >= 14,
      bytes[payload.lowerBound..<payload.lowerBound + 6].elementsEqual(signature)
    else { return nil }
    let tiff = UnsafeRawBufferPointer(rebasing: bytes[payload.lowerBound + 6..<payload.upperBound])
    let isLittleEndian = tiff[0] == UInt8(ascii: "I")
    func unsigned16(_ at: Int) -> Int {
      isLittleEndian ? Int(tiff[at]) | Int(tiff[at + 1]) << 8 : bigEndian16(tiff, at)
    }
    func unsigned32(_ at: Int) -> Int {
      isLittleEndian
        ? unsigned16(at) | unsigned16(at + 2) << 16 : unsigned16(at) << 16 | unsigned16(at + 2)
    }
    let directory = unsigned32(4)
    guard directory + 2 <= tiff.count else { return nil }
    for entry in 0..<unsigned16(directory) {
      let at = directory + 2 + 12 * entry
      guard at + 12 <= tiff.count else { return nil }
      if unsigned16(at) == 0x0112 {
        let value = unsigned16(at + 8)
        return (1...8).contains(value) ? value : nil
      }
    }
    return nil
  }

  private static func bigEndian16(_ bytes: UnsafeRawBufferPointer, _ at: Int) -> Int {
    Int(bytes[at]) << 8 | Int(bytes[at + 1])
  }
}
