/// One tagged piece of a MATLAB file: type, size and data, all of it inside the bytes it was found in.
struct MATElement {
  static let matrix: UInt32 = 14
  static let compressed: UInt32 = 15

  let type: UInt32
  let data: UnsafeRawBufferPointer
  /// Where the next one begins.
  let end: Int
  let isLittleEndian: Bool

  /// - Parameter isPadded: whether data are filled up to eight bytes, as within a matrix.
  /// - Returns: nil where it does not fit into the bytes.
  init?(
    _ bytes: UnsafeRawBufferPointer, at position: Int, isLittleEndian: Bool, isPadded: Bool = true
  ) {
    guard position >= 0, position + 8 <= bytes.count else { return nil }
    func number(_ offset: Int) -> UInt32 {
      let raw = bytes.loadUnaligned(fromByteOffset: position + offset, as: UInt32.self)
      return isLittleEndian ? raw.littleEndian : raw.bigEndian
    }
    self.isLittleEndian = isLittleEndian
    let first = number(0)
    // The small form: size and type share a word, and up to four bytes of data follow at once.
    if first >> 16 != 0 {
      type = first & 0xFFFF
      let size = Int(first >> 16)
      guard size <= 4 else { return nil }
      data = UnsafeRawBufferPointer(rebasing: bytes[position + 4..<position + 4 + size])
      end = position + 8
      return
    }
    type = first
    let size = Int(number(4))
    guard size <= bytes.count - position - 8 else { return nil }
    data = UnsafeRawBufferPointer(rebasing: bytes[position + 8..<position + 8 + size])
    let filled = isPadded ? (size + 7) & ~7 : size
    // Some writers leave the last piece's filling away.
    end = min(position + 8 + filled, bytes.count)
  }

  /// The data's bytes as 32-bit numbers; nil where they are of another type or no whole number of them.
  func words(ofType expected: UInt32) -> [UInt32]? {
    guard type == expected, data.count % 4 == 0 else { return nil }
    return (0..<data.count / 4).map { i in
      let raw = data.loadUnaligned(fromByteOffset: 4 * i, as: UInt32.self)
      return isLittleEndian ? raw.littleEndian : raw.bigEndian
    }
  }
}
