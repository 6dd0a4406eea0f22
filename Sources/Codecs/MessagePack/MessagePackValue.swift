internal import CMessagePack

/// A decoded MessagePack value.
public indirect enum MessagePackValue: Sendable, Equatable {
  /// No value.
  case null
  /// True or false.
  case boolean(Bool)
  /// One beyond `Int.max` is clamped to it.
  case integer(Int)
  /// From float32 or float64.
  case double(Double)
  /// Bytes that are not UTF-8 are repaired.
  case text(String)
  /// The range of the binary data in the decoded bytes. It is not copied.
  case binary(Range<Int>)
  /// Values in order.
  case array([MessagePackValue])
  /// The pairs in their order. Keys must be text.
  case map([(key: String, value: MessagePackValue)])

  public static func == (left: Self, right: Self) -> Bool {
    switch (left, right) {
    case (.null, .null): true
    case (.boolean(let a), .boolean(let b)): a == b
    case (.integer(let a), .integer(let b)): a == b
    case (.double(let a), .double(let b)): a == b
    case (.text(let a), .text(let b)): a == b
    case (.binary(let a), .binary(let b)): a == b
    case (.array(let a), .array(let b)): a == b
    case (.map(let a), .map(let b)): a.elementsEqual(b) { $0.key == $1.key && $0.value == $1.value }
    default: false
    }
  }

  /// Decodes the first value; bytes after it are ignored.
  ///
  /// - Returns: nil where the bytes do not begin with a whole MessagePack value, or where it has keys that are
  ///   not text or extension types.
  public init?(decoding bytes: UnsafeRawBufferPointer) {
    var unpacked = msgpack_unpacked()
    msgpack_unpacked_init(&unpacked)
    defer { msgpack_unpacked_destroy(&unpacked) }
    guard let base = bytes.bindMemory(to: CChar.self).baseAddress else { return nil }
    var offset = 0
    guard
      msgpack_unpack_next(&unpacked, base, bytes.count, &offset) == MSGPACK_UNPACK_SUCCESS
    else { return nil }
    self.init(unpacked.data, origin: base)
  }

  private init?(_ object: msgpack_object, origin: UnsafePointer<CChar>) {
    switch object.type {
    case MSGPACK_OBJECT_NIL: self = .null
    case MSGPACK_OBJECT_BOOLEAN: self = .boolean(object.via.boolean)
    case MSGPACK_OBJECT_POSITIVE_INTEGER: self = .integer(Int(clamping: object.via.u64))
    case MSGPACK_OBJECT_NEGATIVE_INTEGER: self = .integer(Int(object.via.i64))
    case MSGPACK_OBJECT_FLOAT32, MSGPACK_OBJECT_FLOAT64: self = .double(object.via.f64)
    case MSGPACK_OBJECT_STR:
      let text = object.via.str
      self = .text(
        String(
          decoding: UnsafeRawBufferPointer(start: text.ptr, count: Int(text.size)), as: UTF8.self))
    case MSGPACK_OBJECT_BIN:
      let data = object.via.bin
      // For data of any size above zero the unpacker points into the input.
      let start = data.size == 0 ? 0 : data.ptr - origin
      self = .binary(start..<start + Int(data.size))
    case MSGPACK_OBJECT_ARRAY:
      let array = object.via.array
      var values: [MessagePackValue] = []
      for i in 0..<Int(array.size) {
        guard let value = MessagePackValue(array.ptr[i], origin: origin) else { return nil }
        values.append(value)
      }
      self = .array(values)
    case MSGPACK_OBJECT_MAP:
      let map = object.via.map
      var pairs: [(key: String, value: MessagePackValue)] = []
      for i in 0..<Int(map.size) {
        guard case .text(let key)? = MessagePackValue(map.ptr[i].key, origin: origin),
          let value = MessagePackValue(map.ptr[i].val, origin: origin)
        else { return nil }
        pairs.append((key, value))
      }
      self = .map(pairs)
    default: return nil
    }
  }
}

extension MessagePackValue {
  /// The kind of the value, for messages.
  public var kind: String {
    switch self {
    case .null: "nil"
    case .boolean: "true or false"
    case .integer: "an integer"
    case .double: "a float"
    case .text: "text"
    case .binary: "binary data"
    case .array(let values): "an array of \(values.count)"
    case .map(let members): "a map of \(members.map(\.key).joined(separator: ", "))"
    }
  }

  /// nil for anything but an array.
  public var elements: [MessagePackValue]? {
    if case .array(let values) = self { values } else { nil }
  }

  /// nil for anything but a map's member of this name.
  public subscript(key: String) -> MessagePackValue? {
    guard case .map(let members) = self else { return nil }
    return members.first { $0.key == key }?.value
  }

  /// The number, whole or not; nil for anything else.
  public var number: Double? {
    switch self {
    case .integer(let value): Double(value)
    case .double(let value): value
    default: nil
    }
  }

  /// nil for anything but a whole number.
  public var integer: Int? {
    if case .integer(let value) = self { value } else { nil }
  }
}
