// Numbers: most of a record's bytes are theirs.
extension JSONScanner {
  /// Takes a number as most are written: at most seven digits before its point, 19 in all and an exponent of few. nil for
  /// all others, and close to the text's end; nothing is taken then.
  ///
  /// Eight digits at a time, without a branch for each.
  @inline(__always)
  mutating func takeUsualNumber() -> Double? {
    guard let base = bytes.baseAddress, bytes.count - position >= Self.longestUsual else {
      return nil
    }
    var place = base + position
    let isNegative = place.load(as: UInt8.self) == UInt8(ascii: "-")
    if isNegative { place += 1 }
    let start = place
    guard var mantissa = Self.takeWhole(at: &place) else { return nil }
    var isWhole = true
    var decimals = 0
    if place.load(as: UInt8.self) == UInt8(ascii: ".") {
      let point = place
      place += 1
      for _ in 0..<3 {
        let block = DigitBlock(at: place)
        mantissa = mantissa &* Self.powersOfTen[block.count] &+ block.number
        place += block.count
        guard block.count == 8 else { break }
      }
      decimals = place - point - 1
      // With 19 digits the mantissa is exact.
      guard decimals > 0, place - start <= 20 else { return nil }
      isWhole = false
    }
    if place.load(as: UInt8.self) | 0x20 == UInt8(ascii: "e") {
      guard let exponent = Self.takeExponent(at: &place) else { return nil }
      decimals -= exponent
      isWhole = false
    }
    guard let magnitude = DecimalNumber.magnitude(mantissa, decimals: decimals) else { return nil }
    position = place - base
    // Whole numbers have no minus zero.
    return isNegative && !(isWhole && mantissa == 0) ? -magnitude : magnitude
  }

  /// A sign, 7 digits, a point, 24 digits of which too many are noticed, and an exponent.
  private static let longestUsual = 40

  /// Takes one to seven digits, without a zero before others.
  @inline(__always)
  private static func takeWhole(at place: inout UnsafeRawPointer) -> UInt64? {
    let block = DigitBlock(at: place)
    guard block.count > 0, block.count < 8,
      block.count == 1 || place.load(as: UInt8.self) != UInt8(ascii: "0")
    else { return nil }
    place += block.count
    return block.number
  }

  /// Takes the exponent that begins here, of one to three digits.
  @inline(never)
  private static func takeExponent(at place: inout UnsafeRawPointer) -> Int? {
    let sign = (place + 1).load(as: UInt8.self)
    let hasSign = sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+")
    let block = DigitBlock(at: place + (hasSign ? 2 : 1))
    guard block.count > 0, block.count <= 3 else { return nil }
    place += block.count + (hasSign ? 2 : 1)
    return sign == UInt8(ascii: "-") ? -Int(block.number) : Int(block.number)
  }

  /// The digits at the beginning of eight bytes.
  private struct DigitBlock {
    /// How many they are.
    let count: Int
    private let digits: UInt64

    @inline(__always)
    init(at place: UnsafeRawPointer) {
      (digits, count) = ShortDecimal.digits(
        UInt64(littleEndian: place.loadUnaligned(as: UInt64.self)))
    }

    /// What they spell; 0 for none.
    @inline(__always)
    var number: UInt64 { ShortDecimal.sum(digits << UInt64(64 &- 8 &* count)) }
  }

  private static let powersOfTen: InlineArray<9, UInt64> = [
    1, 10, 100, 1000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000,
  ]

  /// A number written without fraction or exponent.
  @inline(__always)
  mutating func integer() throws(OtherShape) -> Int {
    skipSpace()
    if let base = bytes.baseAddress, bytes.count - position >= 9 {
      var place = base + position
      if let number = Self.takeWhole(at: &place) {
        let next = place.load(as: UInt8.self)
        if next != UInt8(ascii: "."), next | 0x20 != UInt8(ascii: "e") {
          position = place - base
          return Int(number)
        }
      }
    }
    return try longInteger()
  }

  @inline(never)
  private mutating func longInteger() throws(OtherShape) -> Int {
    let number = try decimal()
    guard number.isWhole, let value = number.integer else { throw OtherShape() }
    return value
  }

  /// A number, whatever its range.
  @inline(__always)
  public mutating func number() throws(OtherShape) -> Double {
    skipSpace()
    if let usual = takeUsualNumber() { return usual }
    return try unusualNumber()
  }

  @inline(never)
  private mutating func unusualNumber() throws(OtherShape) -> Double {
    guard let value = value(of: try decimal()) else { throw OtherShape() }
    return value
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
}
