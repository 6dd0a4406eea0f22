internal import CZlib

/// Raw deflate streams (RFC 1951) as zip archives hold them, packed and unpacked by zlib whole in memory.
public enum Deflate {
  /// No stream unpacks to more than this many times its size: the longest match is 258 bytes, and two bits can
  /// encode it.
  public static let greatestRatio = 1032

  /// Unpacks a stream into memory of its own.
  ///
  /// - Parameters:
  ///   - packed: the stream, with nothing after it.
  ///   - size: the expected number of unpacked bytes, at least 1. The caller has checked that it is plausible.
  /// - Returns: nil where the stream is broken, or is longer or shorter than that.
  public static func unpacked(_ packed: UnsafeRawBufferPointer, size: Int) -> [UInt8]? {
    // zlib counts in 32 bits. No array in a dataset's file is nearly as large.
    guard size < Int(UInt32.max), packed.count < Int(UInt32.max), size > 0 else { return nil }
    var isWhole = false
    let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      var stream = z_stream()
      // Negative window bits: no header and no checksum round the stream.
      guard
        inflateInit2_(&stream, -MAX_WBITS, ZLIB_VERSION, CInt(MemoryLayout<z_stream>.size)) == Z_OK
      else { preconditionFailure("zlib has no memory for a stream") }
      defer { inflateEnd(&stream) }
      stream.next_in = UnsafeMutablePointer(
        mutating: packed.baseAddress?.assumingMemoryBound(to: UInt8.self))
      stream.avail_in = UInt32(packed.count)
      stream.next_out = buffer.baseAddress
      stream.avail_out = UInt32(size)
      // All in one call: zlib then needs no window of its own.
      isWhole =
        inflate(&stream, Z_FINISH) == Z_STREAM_END && stream.avail_out == 0
        && stream.avail_in == 0
      count = size - Int(stream.avail_out)
    }
    return isWhole ? bytes : nil
  }

  /// The first unpacked bytes of a stream; fewer where it ends or breaks before.
  static func head(of packed: UnsafeRawBufferPointer, atMost size: Int) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      var stream = z_stream()
      guard
        inflateInit2_(&stream, -MAX_WBITS, ZLIB_VERSION, CInt(MemoryLayout<z_stream>.size)) == Z_OK
      else { preconditionFailure("zlib has no memory for a stream") }
      defer { inflateEnd(&stream) }
      stream.next_in = UnsafeMutablePointer(
        mutating: packed.baseAddress?.assumingMemoryBound(to: UInt8.self))
      stream.avail_in = UInt32(clamping: packed.count)
      stream.next_out = buffer.baseAddress
      stream.avail_out = UInt32(clamping: size)
      _ = inflate(&stream, Z_SYNC_FLUSH)
      count = size - Int(stream.avail_out)
    }
  }

  /// Packs bytes.
  ///
  /// - Parameters:
  ///   - bytes: what is packed.
  ///   - level: from 1, the fastest, to 9; nil for zlib's default.
  public static func packed(_ bytes: [UInt8], level: Int? = nil) -> [UInt8] {
    precondition(bytes.count < Int(UInt32.max), "zlib counts in 32 bits")
    var stream = z_stream()
    guard
      deflateInit2_(
        &stream, CInt(level ?? Int(Z_DEFAULT_COMPRESSION)), Z_DEFLATED, -MAX_WBITS, 8,
        Z_DEFAULT_STRATEGY,
        ZLIB_VERSION, CInt(MemoryLayout<z_stream>.size)) == Z_OK
    else { preconditionFailure("zlib has no memory for a stream") }
    defer { deflateEnd(&stream) }
    let bound = Int(deflateBound(&stream, UInt(bytes.count)))
    return bytes.withUnsafeBufferPointer { input in
      [UInt8](unsafeUninitializedCapacity: bound) { buffer, count in
        stream.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
        stream.avail_in = UInt32(input.count)
        stream.next_out = buffer.baseAddress
        stream.avail_out = UInt32(bound)
        guard deflate(&stream, Z_FINISH) == Z_STREAM_END else {
          preconditionFailure("deflateBound tells how much room a stream needs")
        }
        count = bound - Int(stream.avail_out)
      }
    }
  }

  /// The CRC-32 of a member's unpacked bytes, as zip archives keep it.
  ///
  /// - Parameter earlier: that of the bytes before these; 0 where there are none.
  static func checksum(_ bytes: UnsafeRawBufferPointer, after earlier: UInt32 = 0) -> UInt32 {
    // zlib takes a null pointer as a wish for the checksum of nothing.
    guard let start = bytes.baseAddress else { return earlier }
    return UInt32(
      crc32_z(UInt(earlier), start.assumingMemoryBound(to: UInt8.self), bytes.count))
  }
}
