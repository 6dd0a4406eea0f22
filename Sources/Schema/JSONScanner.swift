internal import Geometry

/// Takes JSON whose shape the caller knows, strictly and in one pass over the bytes, without a `JSONValue` between.
///
/// Where the text is of another shape or no JSON at all, each method throws `OtherShape`, which says nothing more.
/// Whoever asked then has `JSONParser` read it, which takes members in any order and says what is wrong. So what is
/// taken here must be a part of what is taken there, with the same values.
public struct JSONScanner {
  /// The text is not of the expected shape.
  public struct OtherShape: Error {
    /// Says nothing more.
    public init() {}
  }

  public let bytes: UnsafeRawBufferPointer
  /// The offset of the next byte.
  public internal(set) var position = 0
  /// Whether an object or array was entered and nothing of it taken.
  var isFresh = false

  /// Starts at a position, or at the beginning. It must not outlive the memory.
  public init(_ bytes: UnsafeRawBufferPointer, at position: Int = 0) {
    (self.bytes, self.position) = (bytes, position)
  }

  // MARK: Structure

  /// Takes a value's bracket.
  public mutating func enter(_ bracket: Unicode.Scalar) throws(OtherShape) {
    guard takes(UInt8(ascii: bracket)) else { throw OtherShape() }
    isFresh = true
  }

  /// Takes the bracket after the last member or element.
  public mutating func leave(_ bracket: Unicode.Scalar) throws(OtherShape) {
    guard takes(UInt8(ascii: bracket)) else { throw OtherShape() }
    isFresh = false
  }

  /// Whether a value of this bracket comes next.
  public mutating func comes(_ bracket: Unicode.Scalar) -> Bool {
    skipSpace()
    return position < bytes.count && bytes[position] == UInt8(ascii: bracket)
  }

  /// Takes the name of the next member, where it is this one.
  mutating func has(_ name: StaticString) -> Bool {
    let start = position
    let wasFresh = isFresh
    if takesSeparator(), takes(text: name), takes(UInt8(ascii: ":")) {
      return true
    }
    (position, isFresh) = (start, wasFresh)
    return false
  }

  /// Likewise, where the member may be null, which is as if it were not there.
  mutating func hasValue(_ name: StaticString) -> Bool { has(name) && !takesNull() }

  mutating func require(_ name: StaticString) throws(OtherShape) {
    guard has(name) else { throw OtherShape() }
  }

  /// The name of the next member, whatever it is; nil at the object's end, which is taken.
  public mutating func nextName() throws(OtherShape) -> UnsafeRawBufferPointer? {
    guard try hasElement("}") else { return nil }
    guard let name = plainText(), takes(UInt8(ascii: ":")), isText(name) else { throw OtherShape() }
    return UnsafeRawBufferPointer(rebasing: bytes[name.range])
  }

  /// Whether the array has another element; if not, its bracket is taken.
  public mutating func hasElement(_ bracket: Unicode.Scalar = "]") throws(OtherShape) -> Bool {
    if takes(UInt8(ascii: bracket)) {
      isFresh = false
      return false
    }
    guard takesSeparator() else { throw OtherShape() }
    return true
  }

  mutating func takesNull() -> Bool { takes(word: "null") }

  /// Checks that nothing follows.
  mutating func end() throws(OtherShape) {
    skipSpace()
    guard position == bytes.count else { throw OtherShape() }
  }

  /// Goes back to a position where a value begins.
  mutating func move(to start: Int) { (position, isFresh) = (start, false) }

  // MARK: Values

  public mutating func text() throws(OtherShape) -> String {
    skipSpace()
    let start = position
    if let plain = plainText() {
      guard let text = string(plain) else { throw OtherShape() }
      return text
    }
    position = start
    guard case .text(let text) = try value(depth: 0) else { throw OtherShape() }
    return text
  }

  /// Moves past a text, with all its checks.
  mutating func skipText() throws(OtherShape) {
    skipSpace()
    let start = position
    if let plain = plainText() {
      guard isText(plain) else { throw OtherShape() }
    } else {
      position = start
      _ = try text()
    }
  }

  mutating func optionalText(_ name: StaticString) throws(OtherShape) -> String? {
    hasValue(name) ? try text() : nil
  }

  /// Takes a text if it is this one.
  mutating func takes(text: StaticString) -> Bool {
    skipSpace()
    let end = position + text.utf8CodeUnitCount + 1
    guard end < bytes.count, bytes[position] == UInt8(ascii: "\""),
      bytes[end] == UInt8(ascii: "\""), matches(text, at: position + 1)
    else { return false }
    position = end + 1
    return true
  }

  mutating func choice<Choice: RawRepresentable>() throws(OtherShape) -> Choice
  where Choice.RawValue == String {
    guard let choice = Choice(rawValue: try text()) else { throw OtherShape() }
    return choice
  }

  mutating func flag() throws(OtherShape) -> Bool {
    if takes(word: "true") { return true }
    guard takes(word: "false") else { throw OtherShape() }
    return false
  }

  /// A number written without fraction or exponent.
  mutating func integer() throws(OtherShape) -> Int {
    let number = try decimal()
    guard number.isWhole, let value = number.integer else { throw OtherShape() }
    return value
  }

  mutating func optionalInteger(_ name: StaticString) throws(OtherShape) -> Int? {
    hasValue(name) ? try integer() : nil
  }

  /// A number, whatever its range.
  public mutating func number() throws(OtherShape) -> Double {
    skipSpace()
    if let base = bytes.baseAddress,
      let short = ShortDecimal(at: base + position, available: bytes.count - position),
      isPlainNumber(short.length)
    {
      position += short.length
      return short.value
    }
    guard let value = value(of: try decimal()) else { throw OtherShape() }
    return value
  }

  /// Whether JSON writes the number of this length that is next so. Whole numbers have no minus zero.
  private func isPlainNumber(_ length: Int) -> Bool {
    let isNegative = bytes[position] == UInt8(ascii: "-")
    let first = isNegative ? position + 1 : position
    return bytes[first] != UInt8(ascii: "0") || !isNegative && length == 1
      || first + 1 < position + length && bytes[first + 1] == UInt8(ascii: ".")
  }

  mutating func number(_ range: PlausibleRange) throws(OtherShape) -> Double {
    guard let value = value(of: try decimal()), range.contains(value) else { throw OtherShape() }
    return value
  }

  mutating func pair(_ range: PlausibleRange) throws(OtherShape) -> SIMD2<Double> {
    try enter("[")
    let pair = SIMD2(try next(range), try next(range))
    try leave("]")
    return pair
  }

  mutating func triple(_ range: PlausibleRange) throws(OtherShape) -> SIMD3<Double> {
    try enter("[")
    let triple = SIMD3(try next(range), try next(range), try next(range))
    try leave("]")
    return triple
  }

  /// An array's next element, a number.
  mutating func next(_ range: PlausibleRange) throws(OtherShape) -> Double {
    guard takesSeparator() else { throw OtherShape() }
    return try number(range)
  }

  /// Any value.
  ///
  /// - Parameter depth: how many values it lies in.
  public mutating func value(depth: Int) throws(OtherShape) -> JSONValue {
    isFresh = false
    do {
      return try JSONParser.value(in: bytes, at: &position, depth: depth)
    } catch {
      throw OtherShape()
    }
  }
}
