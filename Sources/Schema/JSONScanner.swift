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
  @inline(__always)
  public mutating func enter(_ bracket: Unicode.Scalar) throws(OtherShape) {
    guard takes(UInt8(ascii: bracket)) else { throw OtherShape() }
    isFresh = true
  }

  /// Takes the bracket after the last member or element.
  @inline(__always)
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
  @inline(__always)
  mutating func has(_ name: StaticString) -> Bool {
    // As records are written, without white space, the bytes tell.
    let start = isFresh ? position : position + 1
    guard start < bytes.count else { return false }
    if bytes[start] == UInt8(ascii: "\""), isFresh || bytes[position] == UInt8(ascii: ",") {
      let end = start + name.utf8CodeUnitCount + 1
      guard end + 1 < bytes.count, bytes[end] == UInt8(ascii: "\""), matches(name, at: start + 1)
      else { return false }
      if bytes[end + 1] == UInt8(ascii: ":") {
        (position, isFresh) = (end + 2, false)
        return true
      }
    } else if !isFresh, bytes[position] == UInt8(ascii: "}") {
      return false
    }
    return hasAmongSpace(name)
  }

  @inline(never)
  private mutating func hasAmongSpace(_ name: StaticString) -> Bool {
    let start = position
    let wasFresh = isFresh
    if takesSeparator(), takes(text: name), takes(UInt8(ascii: ":")) {
      return true
    }
    (position, isFresh) = (start, wasFresh)
    return false
  }

  /// Likewise, where the member may be null, which is as if it were not there.
  @inline(__always)
  mutating func hasValue(_ name: StaticString) -> Bool { has(name) && !takesNull() }

  @inline(__always)
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
  @inline(__always)
  public mutating func hasElement(_ bracket: Unicode.Scalar = "]") throws(OtherShape) -> Bool {
    if takes(UInt8(ascii: bracket)) {
      isFresh = false
      return false
    }
    guard takesSeparator() else { throw OtherShape() }
    return true
  }

  @inline(__always)
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
  @inline(__always)
  mutating func takes(text: StaticString) -> Bool {
    skipSpace()
    let end = position + text.utf8CodeUnitCount + 1
    guard end < bytes.count, bytes[position] == UInt8(ascii: "\""),
      bytes[end] == UInt8(ascii: "\""), matches(text, at: position + 1)
    else { return false }
    position = end + 1
    return true
  }

  /// One of several texts.
  ///
  /// - Parameters:
  ///   - usual: what it mostly is, which is told by its bytes.
  ///   - text: how that is written.
  @inline(__always)
  mutating func choice<Choice: RawRepresentable>(
    _ usual: Choice, _ text: StaticString
  ) throws(OtherShape) -> Choice where Choice.RawValue == String {
    if takes(text: text) { return usual }
    guard let choice = Choice(rawValue: try self.text()) else { throw OtherShape() }
    return choice
  }

  mutating func flag() throws(OtherShape) -> Bool {
    if takes(word: "true") { return true }
    guard takes(word: "false") else { throw OtherShape() }
    return false
  }

  mutating func optionalInteger(_ name: StaticString) throws(OtherShape) -> Int? {
    hasValue(name) ? try integer() : nil
  }

  mutating func number(_ range: PlausibleRange) throws(OtherShape) -> Double {
    let value = try number()
    guard range.contains(value) else { throw OtherShape() }
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
