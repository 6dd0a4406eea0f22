internal import CDeflate
internal import CZlib

/// Raw deflate streams (RFC 1951) as zip archives hold them, packed and unpacked whole in memory.
///
/// libdeflate unpacks what is whole and of known size, in half of zlib's time; zlib takes the first bytes of a stream alone,
/// and packs, so that what is written does not depend on which library is there.
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
    guard size > 0 else { return nil }
    var isWhole = false
    let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      let inflater = WholeInflater()
      let (outcome, taken, made) = inflater.unpack(
        packed, as: .bare, into: UnsafeMutableRawBufferPointer(buffer))
      isWhole = outcome == .whole && taken == packed.count && made == size
      count = isWhole ? size : 0
    }
    return isWhole ? bytes : nil
  }

  /// The first unpacked bytes of a stream; fewer where it ends or breaks before.
  ///
  /// - Parameter isWrapped: whether zlib's header is before it.
  static func head(
    of packed: UnsafeRawBufferPointer, atMost size: Int, isWrapped: Bool = false
  ) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      var stream = z_stream()
      // Negative window bits: no header and no checksum round the stream.
      let window = isWrapped ? MAX_WBITS : -MAX_WBITS
      guard
        inflateInit2_(&stream, window, ZLIB_VERSION, CInt(MemoryLayout<z_stream>.size)) == Z_OK
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

  /// Packs bytes, as far as zlib does by default.
  public static func packed(_ bytes: [UInt8]) -> [UInt8] {
    precondition(bytes.count < Int(UInt32.max), "zlib counts in 32 bits")
    var stream = z_stream()
    guard
      deflateInit2_(
        &stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
        CInt(MemoryLayout<z_stream>.size)) == Z_OK
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
    // A null pointer is a wish for the checksum of nothing.
    guard let start = bytes.baseAddress else { return earlier }
    return libdeflate_crc32(earlier, start, bytes.count)
  }
}

/// Unpacks streams into memory that is large enough for all of them.
final class WholeInflater {
  /// What is round a stream: nothing, or zlib's header and checksum.
  enum Wrapping { case bare, zlib }
  /// What came of it. The checksum of a whole stream was right.
  enum Outcome { case whole, broken, tooLong }

  private let state: OpaquePointer

  init() {
    guard let state = libdeflate_alloc_decompressor() else {
      preconditionFailure("libdeflate has no memory for a stream")
    }
    self.state = state
  }

  deinit { libdeflate_free_decompressor(state) }

  /// - Returns: how many bytes of the stream were taken, and how many were made of them; 0 where it is not whole.
  func unpack(
    _ packed: UnsafeRawBufferPointer, as wrapping: Wrapping,
    into room: UnsafeMutableRawBufferPointer
  ) -> (outcome: Outcome, taken: Int, made: Int) {
    guard let input = packed.baseAddress, let output = room.baseAddress else {
      return (.broken, 0, 0)
    }
    let unpack =
      wrapping == .bare ? libdeflate_deflate_decompress_ex : libdeflate_zlib_decompress_ex
    var (taken, made) = (0, 0)
    switch unpack(state, input, packed.count, output, room.count, &taken, &made) {
    case LIBDEFLATE_SUCCESS: return (.whole, taken, made)
    case LIBDEFLATE_INSUFFICIENT_SPACE: return (.tooLong, 0, 0)
    default: return (.broken, 0, 0)
    }
  }
}
