/// What the chunks of a PNG file say, without decoding it (ISO/IEC 15948): length, type, data, CRC.
enum PNGStructure {
  /// Whether there is an IEND chunk. A file that was cut short has none.
  static func hasEnd(_ bytes: UnsafeRawBufferPointer) -> Bool {
    var hasEnd = false
    forEachChunk(of: bytes) { type, _ in
      hasEnd = type.elementsEqual("IEND".utf8)
      return !hasEnd
    }
    return hasEnd
  }

  /// The data of the first chunk of a type; nil where there is none before the first one of another.
  static func chunk(
    _ type: String, of bytes: UnsafeRawBufferPointer, before end: String
  ) -> UnsafeRawBufferPointer? {
    var found: UnsafeRawBufferPointer?
    forEachChunk(of: bytes) { name, data in
      if name.elementsEqual(type.utf8) { found = data }
      return found == nil && !name.elementsEqual(end.utf8)
    }
    return found
  }

  /// Calls `body` with the type of each chunk, and its data as far as they are there, until it returns false.
  private static func forEachChunk(
    of bytes: UnsafeRawBufferPointer,
    _ body: (Slice<UnsafeRawBufferPointer>, UnsafeRawBufferPointer) -> Bool
  ) {
    var position = 8
    while position + 12 <= bytes.count {
      let length = Int(
        UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: position, as: UInt32.self)))
      let data = bytes[position + 8..<min(position + 8 + length, bytes.count)]
      guard body(bytes[position + 4..<position + 8], UnsafeRawBufferPointer(rebasing: data)) else {
        return
      }
      position += 12 + length
    }
  }
}
