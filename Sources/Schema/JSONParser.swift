/// Why bytes are not JSON, or a value cannot be JSON. The text completes "records.jsonl:12: ...".
public struct JSONError: Error, Equatable, CustomStringConvertible {
  public let description: String
  /// The offset in the text; nil where it is of no use.
  public private(set) var offset: Int?

  init(description: String) { self.description = description }

  public static func == (left: Self, right: Self) -> Bool { left.description == right.description }
}

extension JSONError {
  /// What was expected at an offset of a text, and what is there.
  init(expected: String, at position: Int, in bytes: UnsafeRawBufferPointer) {
    let rest = bytes[min(position, bytes.count)...].prefix(12)
    // Messages must be one line.
    let text = String(decoding: rest.prefix { $0 >= 0x20 }, as: UTF8.self)
    let found = rest.isEmpty ? "the end" : text.isEmpty ? "a control character" : "'\(text)'"
    self.init(description: "JSON, character \(position + 1): expected \(expected), found \(found)")
    offset = position
  }
}

/// A strict JSON parser (RFC 8259) over bytes, up to 64 levels deep. It also accepts Python's `NaN` and
/// `Infinity` as numbers, because `json.dump` writes them. The reader of a number decides whether it may be one.
public struct JSONParser {
  private let bytes: UnsafeRawBufferPointer
  private var position = 0
  static let deepest = 64

  /// The value that the bytes hold. Only white space may be around it.
  ///
  /// - Throws: `JSONError`, with the position, where the bytes are not JSON.
  public static func value(of bytes: UnsafeRawBufferPointer) throws(JSONError) -> JSONValue {
    var parser = JSONParser(bytes: bytes)
    let value = try parser.value(depth: 0)
    parser.skipSpace()
    guard parser.position == bytes.count else { throw parser.unexpected("the end") }
    return value
  }

  /// The value that a text holds.
  ///
  /// - Throws: `JSONError`, with the position, where the text is not JSON.
  public static func value(of text: String) throws(JSONError) -> JSONValue {
    var result: Result<JSONValue, JSONError> = .success(.null)
    var text = text
    text.withUTF8 { utf8 in
      do throws(JSONError) {
        result = .success(try value(of: UnsafeRawBufferPointer(utf8)))
      } catch {
        result = .failure(error)
      }
    }
    return try result.get()
  }

  /// The value that begins at a position, which moves past it.
  ///
  /// - Parameter depth: how many values it lies in.
  static func value(
    in bytes: UnsafeRawBufferPointer, at position: inout Int, depth: Int
  ) throws(JSONError) -> JSONValue {
    var parser = JSONParser(bytes: bytes)
    parser.position = position
    let value = try parser.value(depth: depth)
    position = parser.position
    return value
  }

  private init(bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  private mutating func value(depth: Int) throws(JSONError) -> JSONValue {
    guard depth < Self.deepest else {
      throw JSONError(description: "expected at most \(Self.deepest) levels of JSON, found more")
    }
    skipSpace()
    guard position < bytes.count else { throw unexpected("a JSON value") }
    switch bytes[position] {
    case UInt8(ascii: "{"): return try object(depth: depth)
    case UInt8(ascii: "["): return try array(depth: depth)
    case UInt8(ascii: "\""): return .text(try string())
    case UInt8(ascii: "t"): return try word("true", .boolean(true))
    case UInt8(ascii: "f"): return try word("false", .boolean(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    case UInt8(ascii: "N"): return try word("NaN", .double(.nan))
    case UInt8(ascii: "I"): return try word("Infinity", .double(.infinity))
    default: return try number()
    }
  }

  private mutating func object(depth: Int) throws(JSONError) -> JSONValue {
    position += 1
    var members: [(key: String, value: JSONValue)] = []
    skipSpace()
    if take(UInt8(ascii: "}")) { return .object(members) }
    repeat {
      skipSpace()
      guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") else {
        throw unexpected("a key in quotes")
      }
      let key = try string()
      skipSpace()
      guard take(UInt8(ascii: ":")) else { throw unexpected("':'") }
      members.append((key, try value(depth: depth + 1)))
      skipSpace()
    } while take(UInt8(ascii: ","))
    guard take(UInt8(ascii: "}")) else { throw unexpected("',' or '}'") }
    return .object(members)
  }

  private mutating func array(depth: Int) throws(JSONError) -> JSONValue {
    position += 1
    var values: [JSONValue] = []
    skipSpace()
    if take(UInt8(ascii: "]")) { return .array(values) }
    repeat {
      values.append(try value(depth: depth + 1))
      skipSpace()
    } while take(UInt8(ascii: ","))
    guard take(UInt8(ascii: "]")) else { throw unexpected("',' or ']'") }
    return .array(values)
  }

  private mutating func number() throws(JSONError) -> JSONValue {
    let start = position
    var isWhole = true
    while position < bytes.count {
      switch bytes[position] {
      case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "+"): break
      case UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"): isWhole = false
      default:
        if position == start + 1, bytes[start] == UInt8(ascii: "-"),
          bytes[position] == UInt8(ascii: "I")
        {
          return try word("Infinity", .double(-.infinity))
        }
        return try finishedNumber(from: start, isWhole: isWhole)
      }
      position += 1
    }
    return try finishedNumber(from: start, isWhole: isWhole)
  }

  private mutating func finishedNumber(from start: Int, isWhole: Bool) throws(JSONError)
    -> JSONValue
  {
    let digits = UnsafeRawBufferPointer(rebasing: bytes[start..<position])
    if isWhole, let value = Self.shortInteger(digits) { return .integer(value) }
    let isNumber = Self.isNumber(digits)
    if isNumber, isWhole, let value = Int(String(decoding: digits, as: UTF8.self)) {
      return .integer(value)
    }
    guard isNumber, let value = DecimalNumber.value(of: digits) else {
      position = start
      throw unexpected("a JSON value")
    }
    return .double(value)
  }

  /// A whole number of at most 18 digits, as JSON has it; nil for any other text.
  private static func shortInteger(_ text: UnsafeRawBufferPointer) -> Int? {
    let first = text.first == UInt8(ascii: "-") ? 1 : 0
    guard text.count > first, text.count <= first + 18,
      text[first] != UInt8(ascii: "0") || text.count == first + 1
    else { return nil }
    var sum = 0
    for i in first..<text.count {
      let digit = text[i] &- UInt8(ascii: "0")
      guard digit < 10 else { return nil }
      sum = 10 &* sum &+ Int(digit)
    }
    return first == 1 ? -sum : sum
  }

  /// Whether a decimal number is allowed in JSON: no plus, no leading zero, digits on both sides of the point.
  private static func isNumber(_ text: UnsafeRawBufferPointer) -> Bool {
    func isDigit(_ i: Int) -> Bool {
      i < text.count && (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(text[i])
    }
    let first = text.first == UInt8(ascii: "-") ? 1 : 0
    guard isDigit(first), text[first] != UInt8(ascii: "0") || !isDigit(first + 1) else {
      return false
    }
    return text.firstIndex(of: UInt8(ascii: ".")).map { isDigit($0 + 1) } ?? true
  }

  /// Refuses text that is not UTF-8: after a repair, a path would name another file.
  private static func text(_ bytes: some Sequence<UInt8>) throws(JSONError) -> String {
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw JSONError(description: "JSON text: expected UTF-8, found other bytes")
    }
    return text
  }

  private mutating func string() throws(JSONError) -> String {
    position += 1
    let start = position
    if let plain = JSONScanner.plainText(in: bytes, from: start) {
      position = plain.range.upperBound
      guard let text = JSONScanner.string(plain, of: bytes) else {
        return try Self.text(bytes[plain.range])
      }
      position += 1
      return text
    }
    while position < bytes.count, bytes[position] != UInt8(ascii: "\\"), bytes[position] >= 0x20 {
      position += 1
    }
    var units = Array(bytes[start..<position])
    while position < bytes.count {
      let byte = bytes[position]
      position += 1
      switch byte {
      case UInt8(ascii: "\""): return try Self.text(units)
      case UInt8(ascii: "\\"): try units.append(contentsOf: escape())
      case 0..<0x20:
        position -= 1
        throw unexpected("an escape for a control character")
      default: units.append(byte)
      }
    }
    throw unexpected("the end of a text")
  }

  private mutating func escape() throws(JSONError) -> [UInt8] {
    guard position < bytes.count else { throw unexpected("an escape") }
    defer { position += 1 }
    switch bytes[position] {
    case UInt8(ascii: "n"): return [0x0A]
    case UInt8(ascii: "r"): return [0x0D]
    case UInt8(ascii: "t"): return [0x09]
    case UInt8(ascii: "b"): return [0x08]
    case UInt8(ascii: "f"): return [0x0C]
    case UInt8(ascii: "u"):
      var code = try hexadecimal(at: position + 1)
      position += 4
      if (0xD800..<0xDC00).contains(code), position + 6 < bytes.count,
        bytes[position + 1] == UInt8(ascii: "\\"), bytes[position + 2] == UInt8(ascii: "u")
      {
        let low = try hexadecimal(at: position + 3)
        if (0xDC00..<0xE000).contains(low) {
          code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
          position += 6
        }
      }
      let scalar = Unicode.Scalar(code) ?? "\u{FFFD}"
      return Array(String(Character(scalar)).utf8)
    case let byte where [UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/")].contains(byte):
      return [byte]
    default: throw unexpected("an escape")
    }
  }

  private func hexadecimal(at start: Int) throws(JSONError) -> UInt32 {
    // Swift would accept a sign too.
    guard start + 4 <= bytes.count, bytes[start] >= UInt8(ascii: "0"),
      let code = UInt32(String(decoding: bytes[start..<start + 4], as: UTF8.self), radix: 16)
    else { throw unexpected("four hexadecimal digits") }
    return code
  }

  private mutating func word(_ text: StaticString, _ value: JSONValue) throws(JSONError)
    -> JSONValue
  {
    let end = position + text.utf8CodeUnitCount
    let matches = text.withUTF8Buffer { word in
      end <= bytes.count && bytes[position..<end].elementsEqual(word)
    }
    guard matches else { throw unexpected("a JSON value") }
    position = end
    return value
  }

  private mutating func take(_ byte: UInt8) -> Bool {
    guard position < bytes.count, bytes[position] == byte else { return false }
    position += 1
    return true
  }

  private mutating func skipSpace() {
    while position < bytes.count {
      switch bytes[position] {
      case 0x20, 0x0A, 0x0D, 0x09: position += 1
      default: return
      }
    }
  }

  private func unexpected(_ expected: String) -> JSONError {
    JSONError(expected: expected, at: position, in: bytes)
  }
}
