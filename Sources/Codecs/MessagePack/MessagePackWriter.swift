internal import CMessagePack
internal import Glibc

/// Builds MessagePack values in a buffer that is reused.
public final class MessagePackWriter {
  private var buffer = msgpack_sbuffer()
  private var packer = msgpack_packer()

  /// With an empty buffer.
  public init() {
    msgpack_sbuffer_init(&buffer)
  }

  deinit { msgpack_sbuffer_destroy(&buffer) }

  /// Empties the buffer and keeps its memory.
  public func removeAll() { msgpack_sbuffer_clear(&buffer) }

  /// A copy of all that was written.
  public var bytes: [UInt8] {
    Array(UnsafeRawBufferPointer(start: buffer.data, count: buffer.size))
  }

  /// The header of an array; its `count` values are to follow.
  public func writeArray(count: Int) { pack { msgpack_pack_array($0, count) } }
  /// The header of a map; its `count` keys and values are to follow in turn.
  public func writeMap(count: Int) { pack { msgpack_pack_map($0, count) } }
  /// As float64, whatever the number.
  public func write(_ value: Double) { pack { msgpack_pack_double($0, value) } }
  /// In as few bytes as it needs.
  public func write(_ value: Int) { pack { msgpack_pack_int64($0, Int64(value)) } }
  /// One byte.
  public func write(_ value: Bool) {
    pack { value ? msgpack_pack_true($0) : msgpack_pack_false($0) }
  }
  /// One byte.
  public func writeNil() { pack { msgpack_pack_nil($0) } }

  /// As UTF-8.
  public func write(_ text: String) {
    var text = text
    text.withUTF8 { write(utf8: $0) }
  }

  /// A text in its UTF-8.
  public func write(utf8 bytes: UnsafeBufferPointer<UInt8>) {
    pack { msgpack_pack_str_with_body($0, bytes.baseAddress, bytes.count) }
  }

  /// Begins an array or a map whose size is known at its end.
  ///
  /// - Returns: where it begins, for `endArray` or `endMap`.
  public func beginNested() -> Int {
    writeArray(count: 0)
    return buffer.size - 1
  }

  /// Gives an array its header, now that its `count` values are written.
  public func endArray(from start: Int, count: Int) {
    setHeader(at: start) { $0.writeArray(count: count) }
  }

  /// Gives a map its header, now that its `count` keys and values are written.
  public func endMap(from start: Int, count: Int) {
    setHeader(at: start) { $0.writeMap(count: count) }
  }

  /// Puts what `write` writes in the place of the byte at `start`.
  private func setHeader(at start: Int, _ write: (MessagePackWriter) -> Void) {
    let end = buffer.size
    write(self)
    let count = buffer.size - end
    guard let data = buffer.data else { return }
    withUnsafeTemporaryAllocation(byteCount: count, alignment: 1) { header in
      header.copyMemory(from: UnsafeRawBufferPointer(start: data + end, count: count))
      memmove(data + start + count, data + start + 1, end - start - 1)
      UnsafeMutableRawBufferPointer(start: data + start, count: count).copyMemory(
        from: .init(header))
    }
    buffer.size = end - 1 + count
  }

  /// As binary data.
  public func write(binary bytes: [UInt8]) {
    bytes.withUnsafeBytes { bytes in
      pack { msgpack_pack_bin_with_body($0, bytes.baseAddress, bytes.count) }
    }
  }

  /// Only the header of binary data. Its `count` bytes are not written here.
  public func writeBinaryHeader(count: Int) { pack { msgpack_pack_bin($0, count) } }

  /// The size in bytes of binary data with their header.
  public static func binarySize(_ count: Int) -> Int {
    count + (count < 256 ? 2 : count < 65536 ? 3 : 5)
  }

  private func pack(_ body: (UnsafeMutablePointer<msgpack_packer>) -> CInt) {
    // The packer points to the buffer, which may have moved between calls. So both are set for each call.
    let status = withUnsafeMutablePointer(to: &buffer) { buffer in
      packer.data = UnsafeMutableRawPointer(buffer)
      packer.callback = { msgpack_sbuffer_write($0, $1, $2) }
      return withUnsafeMutablePointer(to: &packer, body)
    }
    precondition(status == 0, "a memory buffer takes every value until memory ends")
  }
}
