/// Appends JSON text to a buffer. The writer sets commas, colons and brackets; the caller writes a `key` before
/// each value of an object.
///
/// JSON cannot express a number that is not finite. Given one, the writer refuses the whole text: `bytes` throws.
/// So no such number reaches a file, and the many calls that write a member need no `try`.
public struct JSONWriter: ValueWriter {
  private var text: [UInt8] = []
  private var needsComma = false
  /// The first number that could not be written.
  private var refused: Double?

  /// With an empty buffer.
  public init() {}

  /// The text as UTF-8.
  ///
  /// - Throws: `JSONError` where a number that is not finite was to be written.
  public var bytes: [UInt8] {
    get throws(JSONError) {
      if let refused {
        throw JSONError(description: "JSON: expected finite numbers to write, found \(refused)")
      }
      return text
    }
  }

  /// Empties the buffer and keeps its memory.
  public mutating func removeAll() {
    text.removeAll(keepingCapacity: true)
    needsComma = false
    refused = nil
  }

  /// Writes an object; the closure writes its keys and values in turn.
  public mutating func object(_ body: (inout JSONWriter) -> Void) { nest("{", "}", body) }
  /// Writes an array; the closure writes its elements.
  public mutating func array(_ body: (inout JSONWriter) -> Void) { nest("[", "]", body) }

  /// A key without characters that need escapes.
  public mutating func key(_ name: StaticString) {
    separate()
    text.append(UInt8(ascii: "\""))
    name.withUTF8Buffer { text.append(contentsOf: $0) }
    text.append(UInt8(ascii: "\""))
    text.append(UInt8(ascii: ":"))
    needsComma = false
  }

  /// A key that is data and may need escapes.
  public mutating func key(named name: String) {
    separate()
    appendQuoted(name)
    text.append(UInt8(ascii: ":"))
    needsComma = false
  }

  /// Writes `null`.
  public mutating func null() { literal("null") }
  /// Writes `true` or `false`.
  public mutating func value(_ value: Bool) { literal(value ? "true" : "false") }

  /// Writes a whole number.
  public mutating func value(_ value: Int) {
    separate()
    append(String(value))
    needsComma = true
  }

  /// Writes the shortest digits that read back as the same number. Whole numbers below 1e15 have no fraction.
  public mutating func value(_ value: Double) { number(value) }
  /// Writes the shortest digits that read back as the same `Float`, likewise.
  public mutating func value(_ value: Float) { number(value) }

  @inline(__always)
  private mutating func number<Number: BinaryFloatingPoint & CustomStringConvertible>(
    _ value: Number
  ) {
    guard value.isFinite else {
      refused = refused ?? Double(value)
      return null()
    }
    separate()
    if value.isWrittenWhole {
      append(String(Int(value)))
    } else {
      append(value.description)
    }
    needsComma = true
  }

  /// Writes a text in quotes, with escapes where they are needed.
  public mutating func value(_ value: some StringProtocol) {
    separate()
    appendQuoted(value)
    needsComma = true
  }

  /// Ends a line of JSON Lines with a line feed.
  public mutating func endLine() {
    text.append(UInt8(ascii: "\n"))
    needsComma = false
  }

  private mutating func separate() {
    if needsComma { text.append(UInt8(ascii: ",")) }
  }

  private mutating func literal(_ word: StaticString) {
    separate()
    word.withUTF8Buffer { text.append(contentsOf: $0) }
    needsComma = true
  }

  private mutating func nest(
    _ opening: Unicode.Scalar, _ closing: Unicode.Scalar, _ body: (inout JSONWriter) -> Void
  ) {
    separate()
    text.append(UInt8(ascii: opening))
    needsComma = false
    body(&self)
    text.append(UInt8(ascii: closing))
    needsComma = true
  }

  /// Digits, which are in one piece of memory.
  private mutating func append(_ digits: String) {
    var digits = digits
    digits.withUTF8 { text.append(contentsOf: $0) }
  }

  private mutating func appendQuoted(_ string: some StringProtocol) {
    text.append(UInt8(ascii: "\""))
    let isPlain = string.utf8.withContiguousStorageIfAvailable { bytes in
      guard !bytes.contains(where: { $0 < 0x20 || $0 == 0x22 || $0 == 0x5C }) else { return false }
      text.append(contentsOf: bytes)
      return true
    }
    if isPlain != true { appendEscaped(string) }
    text.append(UInt8(ascii: "\""))
  }

  private mutating func appendEscaped(_ string: some StringProtocol) {
    for byte in string.utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"):
        text.append(UInt8(ascii: "\\"))
        text.append(byte)
      case UInt8(ascii: "\n"): text.append(contentsOf: "\\n".utf8)
      case UInt8(ascii: "\r"): text.append(contentsOf: "\\r".utf8)
      case UInt8(ascii: "\t"): text.append(contentsOf: "\\t".utf8)
      case 0..<0x20:
        text.append(contentsOf: (byte < 16 ? "\\u000" : "\\u00").utf8)
        text.append(contentsOf: String(byte, radix: 16).utf8)
      default: text.append(byte)
      }
    }
  }
}
