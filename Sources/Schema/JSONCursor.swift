/// Steps through JSON in memory and builds only the values that are asked for. So a file of gigabytes can be read
/// element by element, in constant memory.
///
/// It must not outlive the memory. Each member and element has to be taken by exactly one call. A value that is skipped
/// is not checked, but for its brackets and the ends of its texts; `JSONParser` checks all.
public struct JSONCursor {
  /// What kind of value comes next.
  public enum Kind: Sendable { case object, array, text, number, word, end }

  /// The text.
  public let bytes: UnsafeRawBufferPointer
  /// The offset of the next byte.
  public private(set) var position: Int
  /// Whether an object or array was entered and nothing of it taken.
  private var isFresh = false
  private static let deepest = 64

  /// Starts at a position, or at the beginning.
  public init(_ bytes: UnsafeRawBufferPointer, at position: Int = 0) {
    (self.bytes, self.position) = (bytes, position)
  }

  /// What comes next. It takes nothing but white space.
  public mutating func kind() -> Kind {
    skipSpace()
    guard position < bytes.count else { return .end }
    return switch bytes[position] {
    case UInt8(ascii: "{"): .object
    case UInt8(ascii: "["): .array
    case UInt8(ascii: "\""): .text
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): .number
    default: .word
    }
  }

  /// Takes the bracket that begins an object.
  public mutating func enterObject() throws(JSONError) { try enter(UInt8(ascii: "{"), "an object") }

  /// Takes the bracket that begins an array.
  public mutating func enterArray() throws(JSONError) { try enter(UInt8(ascii: "["), "an array") }

  /// The next member's name as it is between its quotes, so with its escapes; nil at the object's end.
  public mutating func nextKey() throws(JSONError) -> UnsafeRawBufferPointer? {
    guard try hasNext(UInt8(ascii: "}")) else { return nil }
    guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") else {
      throw unexpected("a key in quotes")
    }
    let key = try rawText()
    skipSpace()
    guard position < bytes.count, bytes[position] == UInt8(ascii: ":") else {
      throw unexpected("':'")
    }
    position += 1
    return key
  }

  /// Whether the array has another element; if not, its closing bracket is taken.
  public mutating func nextElement() throws(JSONError) -> Bool { try hasNext(UInt8(ascii: "]")) }

  /// Moves past any value.
  ///
  /// - Returns: the range of its bytes.
  @discardableResult
  public mutating func skipValue() throws(JSONError) -> Range<Int> {
    skipSpace()
    let start = position
    if start < bytes.count, bytes[start] | 0x20 == UInt8(ascii: "{"),
      let end = JSONNesting.end(of: bytes, from: start + 1)
    {
      position = end
      return start..<end
    }
    var depth = 0
    scan: while position < bytes.count {
      switch bytes[position] {
      case UInt8(ascii: "\""):
        _ = try rawText()
        if depth == 0 { break scan }
        continue
      case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        if depth == 0 { break scan }
        depth -= 1
        if depth == 0 {
          position += 1
          break scan
        }
      case UInt8(ascii: ","), 0...0x20:
        if depth == 0 { break scan }
      default: break
      }
      position += 1
    }
    guard depth == 0, position > start else { throw unexpected("a JSON value") }
    return start..<position
  }

  /// Moves past the members that are left of an object, and its end.
  public mutating func leaveObject() throws(JSONError) {
    guard let end = JSONNesting.end(of: bytes, from: position) else {
      while try nextKey() != nil { try skipValue() }
      return
    }
    position = end
  }

  /// Moves past a value and looks at all that is in it, so that whatever is no JSON is found.
  public mutating func checkValue() throws(JSONError) { try checkValue(depth: 0) }

  private mutating func checkValue(depth: Int) throws(JSONError) {
    switch kind() {
    case .object where depth < Self.deepest:
      try enterObject()
      while try nextKey() != nil { try checkValue(depth: depth + 1) }
    case .array where depth < Self.deepest:
      try enterArray()
      while try nextElement() { try checkValue(depth: depth + 1) }
    case .word:
      let start = position
      let range = try skipValue()
      let word = UnsafeRawBufferPointer(rebasing: bytes[range])
      let known: [StaticString] = ["true", "false", "null", "NaN", "Infinity"]
      guard known.contains(where: { word == $0 }) else {
        position = start
        throw unexpected("a JSON value")
      }
    default: try skipValue()
    }
  }

  /// Takes a value and builds it.
  public mutating func value() throws(JSONError) -> JSONValue {
    let range = try skipValue()
    return try JSONParser.value(of: UnsafeRawBufferPointer(rebasing: bytes[range]))
  }

  /// Takes a text; nil where the value is none. Escapes are replaced.
  public mutating func text() throws(JSONError) -> String? {
    guard kind() == .text else {
      try skipValue()
      return nil
    }
    let start = position
    let raw = try rawText()
    if !raw.contains(UInt8(ascii: "\\")), let text = String(validating: raw, as: UTF8.self) {
      return text
    }
    return try JSONParser.value(of: UnsafeRawBufferPointer(rebasing: bytes[start..<position])).text
  }

  /// Takes a number; nil where the value is none. Python's NaN and Infinity are none either.
  public mutating func number() throws(JSONError) -> Double? {
    guard kind() == .number else {
      try skipValue()
      return nil
    }
    if let short = shortNumber() { return short }
    let start = position
    while position < bytes.count, Self.isOfNumber(bytes[position]) { position += 1 }
    return DecimalNumber.value(of: UnsafeRawBufferPointer(rebasing: bytes[start..<position]))
  }

  /// Takes a whole number; nil where the value is none, or no `Int` holds it.
  public mutating func integer() throws(JSONError) -> Int? {
    guard kind() == .number else {
      try skipValue()
      return nil
    }
    let start = position
    var (sum, isShort) = (0, true)
    if bytes[position] == UInt8(ascii: "-") { position += 1 }
    while position < bytes.count, Self.isOfNumber(bytes[position]) {
      let digit = Int(bytes[position]) - 0x30
      isShort = isShort && (0...9).contains(digit) && position - start < 18
      if isShort { sum = 10 * sum + digit }
      position += 1
    }
    if isShort { return bytes[start] == UInt8(ascii: "-") ? -sum : sum }
    let text = UnsafeRawBufferPointer(rebasing: bytes[start..<position])
    return Int(String(decoding: text, as: UTF8.self))
      ?? DecimalNumber.value(of: text).flatMap { Int(exactly: $0) }
  }

  /// Takes true or false, or 1 or 0; nil where the value is none of these.
  public mutating func flag() throws(JSONError) -> Bool? {
    let text = UnsafeRawBufferPointer(rebasing: bytes[try skipValue()])
    if text == "true" || text == "1" { return true }
    return text == "false" || text == "0" ? false : nil
  }

  /// Takes an array and adds its numbers to a list, NaN for an element that is none. An array within it counts as its
  /// elements.
  ///
  /// - Returns: false where the value is no array; it is skipped then.
  public mutating func numbers(into list: inout [Double]) throws(JSONError) -> Bool {
    try numbers(into: &list, depth: 0)
  }

  private mutating func numbers(into list: inout [Double], depth: Int) throws(JSONError) -> Bool {
    guard kind() == .array, depth < Self.deepest else {
      try skipValue()
      return false
    }
    try enterArray()
    while try nextElement() {
      if let short = shortNumber() {
        list.append(short)
        takeShortNumbers(into: &list)
        continue
      }
      switch kind() {
      case .array: _ = try numbers(into: &list, depth: depth + 1)
      default: list.append(try number() ?? .nan)
      }
    }
    return true
  }

  /// Takes a number of a few digits where one is next, without white space before it.
  @inline(__always)
  private mutating func shortNumber() -> Double? {
    guard let base = bytes.baseAddress,
      let short = ShortDecimal(at: base + position, available: bytes.count - position)
    else { return nil }
    position += short.length
    return short.value
  }

  /// Takes further elements for as long as they are such numbers, with a blank at most after each comma.
  @inline(__always)
  private mutating func takeShortNumbers(into list: inout [Double]) {
    guard let base = bytes.baseAddress else { return }
    while position + 2 < bytes.count, bytes[position] == UInt8(ascii: ",") {
      let next = position + (bytes[position + 1] == UInt8(ascii: " ") ? 2 : 1)
      guard let short = ShortDecimal(at: base + next, available: bytes.count - next) else { return }
      list.append(short.value)
      position = next + short.length
    }
  }

  private func unexpected(_ expected: String) -> JSONError {
    JSONError(expected: expected, at: position, in: bytes)
  }

  private mutating func enter(_ bracket: UInt8, _ expected: String) throws(JSONError) {
    skipSpace()
    guard position < bytes.count, bytes[position] == bracket else { throw unexpected(expected) }
    position += 1
    isFresh = true
  }

  @inline(__always)
  private mutating func hasNext(_ bracket: UInt8) throws(JSONError) -> Bool {
    skipSpace()
    guard position < bytes.count else { throw unexpected("a JSON value") }
    if bytes[position] == bracket {
      position += 1
      isFresh = false
      return false
    }
    if !isFresh {
      guard bytes[position] == UInt8(ascii: ",") else {
        throw unexpected("',' or '\(Character(Unicode.Scalar(bracket)))'")
      }
      position += 1
      skipSpace()
    }
    isFresh = false
    return true
  }

  /// Takes a text and gives what is between its quotes.
  @inline(__always)
  private mutating func rawText() throws(JSONError) -> UnsafeRawBufferPointer {
    let start = position + 1
    guard let end = JSONScanner.quote(in: bytes, from: start) else {
      throw unexpected("a text with an end")
    }
    position = end + 1
    return UnsafeRawBufferPointer(rebasing: bytes[start..<end])
  }

  private mutating func skipSpace() {
    while position < bytes.count, bytes[position] <= 0x20 { position += 1 }
  }

  private static func isOfNumber(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "+"),
      UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"):
      true
    default: false
    }
  }
}

/// Compares a raw name with a text, for the members of an object.
@inlinable
public func == (name: UnsafeRawBufferPointer, text: StaticString) -> Bool {
  guard name.count == text.utf8CodeUnitCount else { return false }
  for i in 0..<name.count where name[i] != text.utf8Start[i] { return false }
  return true
}
