internal import Glibc

// What the scanner is made of: bytes, words, digits and the ends of texts.
extension JSONScanner {
  @inline(__always)
  mutating func skipSpace() {
    while position < bytes.count, bytes[position] <= 0x20 {
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
  mutating func takesSeparator() -> Bool {
    if isFresh {
      isFresh = false
      return true
    }
    return takes(UInt8(ascii: ","))
  }

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

  /// A number by JSON's grammar.
  struct Decimal {
    var digits = DecimalNumber.Digits()
    var isNegative = false
    /// Whether it has neither fraction nor exponent.
    var isWhole = true
    /// As it is written.
    var text: Range<Int>

    /// nil where it may be too large for an `Int`.
    var integer: Int? {
      digits.count <= 18 ? (isNegative ? -Int(digits.mantissa) : Int(digits.mantissa)) : nil
    }
  }

  mutating func decimal() throws(OtherShape) -> Decimal {
    skipSpace()
    let start = position
    var number = Decimal(text: start..<start)
    number.isNegative = next(is: UInt8(ascii: "-"))
    if number.isNegative { position += 1 }
    let first = position
    takeDigits(&number.digits)
    guard position > first, position == first + 1 || bytes[first] != UInt8(ascii: "0") else {
      throw OtherShape()
    }
    if next(is: UInt8(ascii: ".")) {
      position += 1
      let point = position
      takeDigits(&number.digits)
      guard position > point else { throw OtherShape() }
      (number.digits.decimals, number.isWhole) = (position - point, false)
    }
    if next(is: UInt8(ascii: "e")) || next(is: UInt8(ascii: "E")) {
      position += 1
      number.isWhole = false
      number.digits.decimals -= try exponent()
    }
    number.text = start..<position
    return number
  }

  private mutating func exponent() throws(OtherShape) -> Int {
    let isNegative = next(is: UInt8(ascii: "-"))
    if isNegative || next(is: UInt8(ascii: "+")) { position += 1 }
    var digits = DecimalNumber.Digits()
    let first = position
    takeDigits(&digits)
    // A longer one is not worth a rule of its own.
    guard position > first, position - first <= 3 else { throw OtherShape() }
    return isNegative ? -Int(digits.mantissa) : Int(digits.mantissa)
  }

  /// nil where it is none that a `Double` holds.
  @inline(__always)
  func value(of number: Decimal) -> Double? {
    guard let magnitude = number.digits.magnitude else {
      return DecimalNumber.value(of: UnsafeRawBufferPointer(rebasing: bytes[number.text]))
    }
    // Whole numbers have no minus zero.
    return number.isNegative && !(number.isWhole && magnitude == 0) ? -magnitude : magnitude
  }

  @inline(__always)
  private func next(is byte: UInt8) -> Bool { position < bytes.count && bytes[position] == byte }

  @inline(__always)
  private mutating func takeDigits(_ digits: inout DecimalNumber.Digits) {
    var (place, taken) = (position, digits)
    while place < bytes.count {
      let digit = bytes[place] &- UInt8(ascii: "0")
      guard digit < 10 else { break }
      taken.add(digit)
      place += 1
    }
    (position, digits) = (place, taken)
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
    var (place, isASCII) = (start, true)
    while place < bytes.count {
      // Eight bytes at a time, up to those among which there is one that ends or forbids the text.
      while place + 8 <= bytes.count {
        let word = bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self)
        guard !hasEnd(word) else { break }
        if word & 0x8080_8080_8080_8080 != 0 { isASCII = false }
        place += 8
      }
      let last = min(place + 8, bytes.count)
      while place < last {
        let byte = bytes[place]
        if byte == UInt8(ascii: "\"") { return (start..<place, isASCII) }
        if byte == UInt8(ascii: "\\") || byte < 0x20 { return nil }
        if byte >= 0x80 { isASCII = false }
        place += 1
      }
    }
    return nil
  }

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

  /// Whether one of eight bytes may be a quote, a backslash or a control character. By the sign bits of differences, so
  /// that a byte above such a one may be taken for one too.
  @inline(__always)
  private static func hasEnd(_ word: UInt64) -> Bool {
    let ones: UInt64 = 0x0101_0101_0101_0101
    func zeros(_ word: UInt64) -> UInt64 { (word &- ones) & ~word }
    let found =
      zeros(word ^ (ones &* 0x22)) | zeros(word ^ (ones &* 0x5C))
      | ((word &- ones &* 0x20) & ~word)
    return found & (ones &* 0x80) != 0
  }

  /// The offset of the quote that ends a text; nil where there is none. A byte after a backslash ends nothing.
  static func quote(in bytes: UnsafeRawBufferPointer, from start: Int) -> Int? {
    let ones: UInt64 = 0x0101_0101_0101_0101
    // A sign bit marks a byte that is 0; those above the lowest such may be wrong.
    func zeros(_ word: UInt64) -> UInt64 { (word &- ones) & ~word & (ones &* 0x80) }
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
