internal import Glibc

/// What a JPEG file's markers say, without decoding it (ISO/IEC 10918-1, annex B).
enum JPEGStructure {
  /// The EXIF tags that matter here; none where there is no segment of them.
  static func tags(in bytes: UnsafeRawBufferPointer) -> EXIFTags {
    var found: EXIFTags?
    forEachSegment(of: bytes) { marker, payload in
      let segment = UnsafeRawBufferPointer(rebasing: bytes[payload])
      if marker == 0xE1, segment.starts(with: "Exif\0\0".utf8), segment.count >= 14 {
        found = EXIFTags(tiff: UnsafeRawBufferPointer(rebasing: segment[6...]))
      }
      return found?.orientation == nil
    }
    return found ?? EXIFTags()
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

  private static func bigEndian16(_ bytes: UnsafeRawBufferPointer, _ at: Int) -> Int {
    Int(bytes[at]) << 8 | Int(bytes[at + 1])
  }
}
