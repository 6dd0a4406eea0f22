/// A decimal number of at most eight characters, such as `449`, `-1.0` or `488.906`, read without a branch for each digit.
///
/// Most numbers of annotations are such. Their lengths vary, so a loop over digits would spend its time on mispredicted
/// branches. There are few enough digits that the quotient is correctly rounded (Clinger, PLDI 1990).
public struct ShortDecimal {
  /// The number.
  public let value: Double
  /// How many bytes it takes, with its sign.
  public let length: Int

  /// Up to eight bytes as the low bytes of a word, the first in the lowest; nil for fewer than 2 or more than 8.
  @inline(__always)
  static func word(_ text: UnsafeRawBufferPointer) -> UInt64? {
    let count = text.count
    // The two halves overlap, where they are the same bytes.
    if count >= 4, count <= 8 {
      let low = UInt64(UInt32(littleEndian: text.loadUnaligned(as: UInt32.self)))
      let high = UInt64(
        UInt32(littleEndian: text.loadUnaligned(fromByteOffset: count - 4, as: UInt32.self)))
      return low | high << UInt64(8 &* (count &- 4))
    }
    if count == 2 || count == 3 {
      let low = UInt64(UInt16(littleEndian: text.loadUnaligned(as: UInt16.self)))
      return low | UInt64(text[count - 1]) << UInt64(8 &* (count &- 1))
    }
    return nil
  }

  /// The number that all of these bytes spell.
  ///
  /// - Parameters:
  ///   - word: the bytes; those after them are zeros.
  ///   - length: how many there are, at most 8.
  /// - Returns: nil where they are no plain decimal number with a digit before its point and after it.
  @inline(__always)
  init?(_ word: UInt64, length: Int) {
    self.init(digits: word)
    guard self.length == length else { return nil }
  }

  /// The number at the beginning of a text.
  ///
  /// - Returns: nil where it is longer, where a byte follows that may be of a number, or where there are fewer than nine
  ///   bytes.
  @inlinable @inline(__always)
  public init?(at start: UnsafeRawPointer, available: Int) {
    guard available >= 9 else { return nil }
    self.init(digits: UInt64(littleEndian: start.loadUnaligned(as: UInt64.self)))
    switch (start + length).load(as: UInt8.self) {
    case UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"), UInt8(ascii: "+"),
      UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
      return nil
    default: break
    }
  }

  /// The number at the beginning of eight bytes, as long as it is plain. It may end with them.
  @inlinable @inline(__always)
  init?(digits word: UInt64) {
    var characters = word
    var sign = 0
    if UInt8(truncatingIfNeeded: characters) == UInt8(ascii: "-") {
      characters >>= 8
      sign = 1
    }
    let (digits, others) = Self.split(characters)
    let whole = others.trailingZeroBitCount >> 3
    guard whole > 0 else { return nil }
    var (number, count, decimals) = (digits, whole, 0)
    if whole < 8, UInt8(truncatingIfNeeded: characters >> UInt64(8 &* whole)) == UInt8(ascii: ".") {
      count = (others & (others &- 1)).trailingZeroBitCount >> 3 &- 1
      decimals = count &- whole
      guard decimals > 0 else { return nil }
      // The decimals move up by one byte, over the point.
      let before = (1 as UInt64) << UInt64(8 &* whole) &- 1
      number = (digits & before) | ((digits >> 8) & ~before)
      length = sign &+ count &+ 1
    } else {
      length = sign &+ count
    }
    let mantissa = Self.sum(number << UInt64(64 &- 8 &* count))
    let magnitude = Double(Int64(bitPattern: mantissa)) / Self.powersOfTen[decimals]
    value = sign == 1 ? -magnitude : magnitude
  }

  /// Eight characters as digits of 0 to 9, and a high bit for each that is no digit.
  @inlinable @inline(__always)
  static func split(_ characters: UInt64) -> (digits: UInt64, others: UInt64) {
    let digits = characters ^ 0x3030_3030_3030_3030
    return (digits, ((digits & ~Self.high) &+ 0x7676_7676_7676_7676 | digits) & Self.high)
  }

  /// Eight characters as digits of 0 to 9, and how many are digits before one that is none.
  @inlinable @inline(__always)
  static func digits(_ characters: UInt64) -> (digits: UInt64, count: Int) {
    let (digits, others) = split(characters)
    return (digits, others.trailingZeroBitCount >> 3)
  }

  @inlinable static var high: UInt64 { 0x8080_8080_8080_8080 }

  /// The number that eight decimal digits stand for: one digit a byte, the first in the lowest byte.
  @inlinable @inline(__always)
  static func sum(_ digits: UInt64) -> UInt64 {
    let pairs = ((digits & 0x0F0F_0F0F_0F0F_0F0F) &* 2561) >> 8
    let fours = ((pairs & 0x00FF_00FF_00FF_00FF) &* 6_553_601) >> 16
    return ((fours & 0x0000_FFFF_0000_FFFF) &* 42_949_672_960_001) >> 32
  }

  @usableFromInline static let powersOfTen: InlineArray<8, Double> = [
    1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7,
  ]
}
