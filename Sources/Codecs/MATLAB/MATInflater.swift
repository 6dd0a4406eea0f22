/// Unpacks the zlib streams of a MATLAB file, one after the other, into one buffer.
///
/// A stream's first eight unpacked bytes state the size of the whole. It is checked before memory is taken.
final class MATInflater {
  struct Failure: Error {
    let detail: String
  }

  private let inflater = WholeInflater()
  private var buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 8192, alignment: 16)
  private let limit: Int

  init(limit: Int) { self.limit = limit }

  deinit { buffer.deallocate() }

  /// Unpacks one stream.
  ///
  /// - Returns: the bytes, which are valid until the next call.
  func unpack(
    _ packed: UnsafeRawBufferPointer, isLittleEndian: Bool
  ) throws(Failure) -> UnsafeRawBufferPointer {
    while true {
      let (outcome, _, count) = inflater.unpack(packed, as: .zlib, into: buffer)
      if outcome == .whole { return UnsafeRawBufferPointer(rebasing: buffer[..<count]) }
      let head = outcome == .tooLong ? Deflate.head(of: packed, atMost: 8, isWrapped: true) : []
      guard head.count == 8 else {
        throw Failure(detail: "expected a whole zlib stream, found a broken one")
      }
      let claim = head.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: 4, as: UInt32.self) }
      let size = 8 + Int(isLittleEndian ? claim.littleEndian : claim.bigEndian)
      guard size <= limit else {
        throw Failure(detail: "expected at most \(limit) bytes, found \(size)")
      }
      guard size > buffer.count, size <= Deflate.greatestRatio * packed.count else {
        throw Failure(
          detail: "expected \(size) bytes from \(packed.count) packed ones, found another number")
      }
      buffer.deallocate()
      buffer = .allocate(byteCount: size, alignment: 16)
    }
  }
}
