internal import CByteMasks
internal import Glibc

// What the scanner is made of: bytes, words and the ends of texts.
extension JSONScanner {
  @inline(__always)
  mutating func skipSpace() {
    if position < bytes.count, bytes[position] <= 0x20 { skipSpaces() }
  }

  /// Records are written without white space, so this is rarely called.
  @inline(never)
  private mutating func skipSpaces() {
    while position < bytes.count {
      switch bytes[position] {
      case 0x20, 0x0A, 0x0D, 0x09: position += 1
      default: return
      }
    }
  }

  @inline(__always)
  mutating func takes(_ byte: UInt8) -> Bool {
    skipSpace()
    guard position < bytes.count, bytes[position] == byte else { return false }
    position += 1
    return true
  }

  /// Takes the comma that is before every member and element but the first.
  @inline(__always)
  mutating func takesSeparator() -> Bool {
    if isFresh {
      isFresh = false
      return true
    }
    return takes(UInt8(ascii: ","))
  }

  @inline(__always)
  mutating func takes(word: StaticString) -> Bool {
    skipSpace()
    guard position + word.utf8CodeUnitCount <= bytes.count, matches(word, at: position) else {
      return false
    }
    position += word.utf8CodeUnitCount
    return true
  }

  /// Whether the bytes at a position, where there are enough of them, are these.
  @inline(__always)
  func matches(_ text: StaticString, at start: Int) -> Bool {
    // Most that are asked for are not there, and the first byte tells.
    guard let base = bytes.baseAddress, bytes[start] == text.utf8Start.pointee else { return false }
    return memcmp(base + start, text.utf8Start, text.utf8CodeUnitCount) == 0
  }

  /// Takes a text without escapes; nil where there is none, and then some of it may be taken.
  ///
  /// - Returns: where it is between its quotes, and whether all of it is ASCII.
  mutating func plainText() -> PlainText? {
    guard takes(UInt8(ascii: "\"")), let plain = Self.plainText(in: bytes, from: position) else {
      return nil
    }
    position = plain.range.upperBound + 1
    return plain
  }

  /// Where a text without escapes is between its quotes, and whether all of it is ASCII.
  typealias PlainText = (range: Range<Int>, isASCII: Bool)

  /// The text after the quote before `start`; nil where it has escapes, a control character or no end.
  static func plainText(in bytes: UnsafeRawBufferPointer, from start: Int) -> PlainText? {
    guard let base = bytes.baseAddress else { return nil }
    var (place, isASCII) = (start, true)
    // Most texts are shorter than three words.
    while place < start + 24, place + 8 <= bytes.count {
      let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self))
      if word & (ones &* 0x80) != 0 { break }
      let ends =
        zeros(word ^ (ones &* 0x22)) | zeros(word ^ (ones &* 0x5C)) | zeros(word & (ones &* 0xE0))
      place += ends.trailingZeroBitCount >> 3
      guard ends != 0 else { continue }
      return bytes[place] == UInt8(ascii: "\"") ? (start..<place, true) : nil
    }
    while place < bytes.count {
      let count = bytes.count - place
      let masks =
        count >= 64 ? text_masks(base + place, 64) : text_masks(base + place, UInt64(count))
      let length = min(
        masks.quotes.trailingZeroBitCount, masks.escapes.trailingZeroBitCount,
        masks.controls.trailingZeroBitCount)
      // What is before the end; all bits where it is not in this block.
      if masks.others & ~(~0 << UInt64(length)) != 0 { isASCII = false }
      place += length
      guard length == 64 else { break }
    }
    guard place < bytes.count, bytes[place] == UInt8(ascii: "\"") else { return nil }
    return (start..<place, isASCII)
  }

  private static var ones: UInt64 { 0x0101_0101_0101_0101 }

  /// A sign bit marks a byte that is 0; those above the lowest such may be wrong.
  @inline(__always)
  private static func zeros(_ word: UInt64) -> UInt64 { (word &- ones) & ~word & (ones &* 0x80) }

  /// What `plainText` took; nil where it is not UTF-8.
  func string(_ plain: PlainText) -> String? { Self.string(plain, of: bytes) }

  /// A text that `plainText` found; nil where it is not UTF-8.
  static func string(_ plain: PlainText, of bytes: UnsafeRawBufferPointer) -> String? {
    let units = UnsafeRawBufferPointer(rebasing: bytes[plain.range]).bindMemory(to: UInt8.self)
    // Of ASCII there is nothing to repair, and this is many times as fast.
    if plain.isASCII { return String(decoding: units, as: UTF8.self) }
    return String(validating: units, as: UTF8.self)
  }

  /// Whether what `plainText` took is UTF-8.
  func isText(_ plain: PlainText) -> Bool {
    plain.isASCII || string(plain) != nil
  }

  /// The offset of the quote that ends a text; nil where there is none. A byte after a backslash ends nothing.
  static func quote(in bytes: UnsafeRawBufferPointer, from start: Int) -> Int? {
    var place = start
    while place + 8 <= bytes.count {
      let word = UInt64(
        littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self))
      let found = zeros(word ^ (ones &* 0x22)) | zeros(word ^ (ones &* 0x5C))
      place += found.trailingZeroBitCount >> 3
      guard found != 0 else { continue }
      if bytes[place] == UInt8(ascii: "\"") { return place }
      place += 2
    }
    while place < bytes.count {
      if bytes[place] == UInt8(ascii: "\"") { return place }
      place += bytes[place] == UInt8(ascii: "\\") ? 2 : 1
    }
    return nil
  }

  /// Moves past any value with all the checks that `JSONParser` makes, but for numbers that are not finite, which are
  /// not taken.
  ///
  /// - Parameter depth: how many values it lies in.
  public mutating func skipValue(depth: Int) throws(OtherShape) {
    skipSpace()
    guard depth < JSONParser.deepest, position < bytes.count else { throw OtherShape() }
    switch bytes[position] {
    case UInt8(ascii: "{"):
      try enter("{")
      while try nextName() != nil { try skipValue(depth: depth + 1) }
    case UInt8(ascii: "["):
      try enter("[")
      while try hasElement() { try skipValue(depth: depth + 1) }
    case UInt8(ascii: "\""): try skipText()
    case UInt8(ascii: "t"), UInt8(ascii: "f"): _ = try flag()
    case UInt8(ascii: "n"): if !takesNull() { throw OtherShape() }
    default:
      // Any number of so few digits is finite.
      let number = try decimal()
      guard number.text.count - number.digits.decimals < 300 else { throw OtherShape() }
    }
  }
}
