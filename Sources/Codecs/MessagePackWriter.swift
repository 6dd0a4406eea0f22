internal import CMessagePack

/// Builds one MessagePack value in a buffer that is reused from value to value.
public final class MessagePackWriter {
  private var buffer = msgpack_sbuffer()
  private var packer = msgpack_packer()

  public init() {
    msgpack_sbuffer_init(&buffer)
  }

  deinit { msgpack_sbuffer_destroy(&buffer) }

  public func removeAll() { msgpack_sbuffer_clear(&buffer) }

  public var bytes: [UInt8] {
    Array(UnsafeRawBufferPointer(start: buffer.data, count: buffer.size))
  }

  public func writeArray(count: Int) { pack { msgpack_pack_array($0, count) } }
  public func writeMap(count: Int) { pack { msgpack_pack_map($0, count) } }
  public func write(_ value: Double) { pack { msgpack_pack_double($0, value) } }
  public func write(_ value: Int) { pack { msgpack_pack_int64($0, Int64(value)) } }
  public func write(_ value: Bool) {
    pack { value ? msgpack_pack_true($0) : msgpack_pack_false($0) }
  }
  public func writeNil() { pack { msgpack_pack_nil($0) } }

  public func write(_ text: String) {
    var text = text
    text.withUTF8 { bytes in
      pack { msgpack_pack_str_with_body($0, bytes.baseAddress, bytes.count) }
    }
  }

  /// Only the header of binary data; its `count` bytes are to follow from elsewhere.
  public func writeBinaryHeader(count: Int) { pack { msgpack_pack_bin($0, count) } }

  /// How many bytes `writeBinaryHeader` and `count` bytes of data take.
  public static func binarySize(_ count: Int) -> Int {
    count + (count < 256 ? 2 : count < 65536 ? 3 : 5)
  }

  private func pack(_ body: (UnsafeMutablePointer<msgpack_packer>) -> CInt) {
    // The packer points at the buffer, which must not move between calls: set both for each.
    let status = withUnsafeMutablePointer(to: &buffer) { buffer in
      packer.data = UnsafeMutableRawPointer(buffer)
      packer.callback = { msgpack_sbuffer_write($0, $1, $2) }
      return withUnsafeMutablePointer(to: &packer, body)
    }
    precondition(status == 0, "a memory buffer takes every value until memory ends")
  }
}
