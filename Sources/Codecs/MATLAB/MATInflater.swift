internal import CZlib

/// Unpacks the zlib streams of a MATLAB file, one after the other, into one buffer.
///
/// A stream's first eight unpacked bytes state the size of the whole. It is checked before memory is taken.
final class MATInflater {
  struct Failure: Error {
    let detail: String
  }

  /// No stream unpacks to more than this many times its size: the longest match is 258 bytes, and two bits can
  /// encode it.
  private static let greatestRatio = 1032

  private let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
  private var buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 8192, alignment: 16)
  private let limit: Int

  init(limit: Int) {
    self.limit = limit
    stream.initialize(to: z_stream())
    guard inflateInit_(stream, ZLIB_VERSION, CInt(MemoryLayout<z_stream>.size)) == Z_OK else {
      preconditionFailure("zlib has no memory for a stream")
    }
  }

  deinit {
    inflateEnd(stream)
    stream.deallocate()
    buffer.deallocate()
  }

  /// The first unpacked bytes of a stream, which are valid until the next call; fewer where it is broken.
  func head(of packed: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
    _ = unpackIntoBuffer(packed)
    return UnsafeRawBufferPointer(
      rebasing: buffer[..<(buffer.count - Int(stream.pointee.avail_out))])
  }

  /// - Returns: zlib's status.
  private func unpackIntoBuffer(_ packed: UnsafeRawBufferPointer) -> CInt {
    inflateReset(stream)
    stream.pointee.next_in = UnsafeMutablePointer(
      mutating: packed.baseAddress?.assumingMemoryBound(to: UInt8.self))
    stream.pointee.avail_in = UInt32(packed.count)
    stream.pointee.next_out = buffer.baseAddress?.assumingMemoryBound(to: UInt8.self)
    stream.pointee.avail_out = UInt32(buffer.count)
    // All in one call: zlib then needs no window of its own.
    return inflate(stream, Z_FINISH)
  }

  /// Unpacks one stream.
  ///
  /// - Returns: the bytes, which are valid until the next call.
  func unpack(
    _ packed: UnsafeRawBufferPointer, isLittleEndian: Bool
  ) throws(Failure) -> UnsafeRawBufferPointer {
    while true {
      let status = unpackIntoBuffer(packed)
      let count = buffer.count - Int(stream.pointee.avail_out)
      if status == Z_STREAM_END {
        return UnsafeRawBufferPointer(rebasing: buffer[..<count])
      }
      guard status == Z_BUF_ERROR, stream.pointee.avail_out == 0 else {
        throw Failure(detail: "expected a whole zlib stream, found a broken one")
      }
      let claim = buffer.loadUnaligned(fromByteOffset: 4, as: UInt32.self)
      let size = 8 + Int(isLittleEndian ? claim.littleEndian : claim.bigEndian)
      guard size <= limit else {
        throw Failure(detail: "expected at most \(limit) bytes, found \(size)")
      }
      guard size > buffer.count, size <= Self.greatestRatio * packed.count else {
        throw Failure(
          detail: "expected \(size) bytes from \(packed.count) packed ones, found another number")
      }
      buffer.deallocate()
      buffer = .allocate(byteCount: size, alignment: 16)
    }
  }
}
