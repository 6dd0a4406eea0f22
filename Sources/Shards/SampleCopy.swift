internal import Codecs

/// What a sample's place in a file is filled with: its head, its image's bytes and its tail.
struct SampleCopy: Sendable {
  var sample: EncodedSample
  var image: StoredImage?

  /// What a thread needs to copy samples.
  final class Tools {
    let hash = RunningXXH128()
    let buffer = PieceBuffer()
  }

  /// The value's size in bytes.
  var count: Int { sample.head.count + (image?.count ?? 0) + sample.tail.count }

  /// Fills the place. The image is read once, each piece hashed while it is in the cache.
  ///
  /// - Returns: the value's hash.
  /// - Throws: `FileError` where the image cannot be read or the file not be written.
  func fill(_ room: ValueRoom, _ tools: Tools) throws -> XXH128 {
    let start = sample.head.count
    tools.hash.reset()
    tools.hash.add(sample.head)
    try room.write(sample.head, at: 0)
    try image?.forEachPiece(through: tools.buffer) { piece, position in
      tools.hash.add(piece)
      try room.write(piece, at: start + position)
    }
    tools.hash.add(sample.tail)
    try room.write(sample.tail, at: count - sample.tail.count)
    return tools.hash.value
  }

  /// The value's hash where the place holds it; else nil.
  ///
  /// - Throws: `FileError` where the image cannot be read.
  func hash(ifEqualTo stored: UnsafeRawBufferPointer, _ tools: Tools) throws -> XXH128? {
    let (start, end) = (sample.head.count, count - sample.tail.count)
    guard stored[..<start].elementsEqual(sample.head), stored[end...].elementsEqual(sample.tail)
    else { return nil }
    tools.hash.reset()
    tools.hash.add(sample.head)
    var isSame = true
    try image?.forEachPiece(through: tools.buffer) { piece, position in
      tools.hash.add(piece)
      let there = stored[(start + position)...].prefix(piece.count)
      if !piece.isEqual(to: UnsafeRawBufferPointer(rebasing: there)) { isSame = false }
    }
    tools.hash.add(sample.tail)
    return isSame ? tools.hash.value : nil
  }
}
