/// One tagged piece of a MATLAB file: type, size and data. All of it is inside the bytes that it was found in.
struct MATElement {
  static let matrix: UInt32 = 14
  static let compressed: UInt32 = 15

  let type: UInt32
  let data: UnsafeRawBufferPointer
  /// Where the next one begins.
  let end: Int
  let isLittleEndian: Bool

  /// - Parameter isPadded: whether data are padded to multiples of eight bytes, as inside a matrix.
  /// - Returns: nil where the element does not fit into the bytes.
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
    // Some writers leave out the padding of the last piece.
    end = min(position + 8 + filled, bytes.count)
  }

  /// A matrix of which only the first bytes may be there.
  init(matrix data: UnsafeRawBufferPointer, isLittleEndian: Bool) {
    (type, self.data, end) = (Self.matrix, data, data.count)
    self.isLittleEndian = isLittleEndian
  }

  /// The data as 32-bit numbers; nil where the type is another, or the size is not a multiple of four bytes.
  func words(ofType expected: UInt32) -> [UInt32]? {
    guard type == expected, data.count % 4 == 0 else { return nil }
    return (0..<data.count / 4).map { i in
      let raw = data.loadUnaligned(fromByteOffset: 4 * i, as: UInt32.self)
      return isLittleEndian ? raw.littleEndian : raw.bigEndian
    }
  }
}
