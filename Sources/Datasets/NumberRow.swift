internal import Geometry
internal import Schema

/// The numbers of one line, at most 20. One instance is reused for all lines.
struct NumberRow {
  static let capacity = 20
  private(set) var count = 0
  /// Whether all numbers are plausible as coordinates (`PlausibleRange`). Numbers of few digits always are.
  private(set) var isPlausible = true
  private var values: InlineArray<20, Double> = .init(repeating: 0)
  private var divisors: InlineArray<20, Double> = .init(repeating: 1)

  subscript(index: Int) -> Double { values[index] }

  /// Why a line is not such a row.
  enum Problem: Error {
    case notANumber(Range<Int>)
    case tooMany
  }

  /// Reads numbers separated by blanks, up to the line feed or the end. They replace the numbers held before.
  ///
  /// - Returns: the offset of the line feed or of the end.
  /// - Throws: `Problem`; the caller must then find the line's end itself.
  @inline(__always)
  mutating func read(_ bytes: UnsafeRawBufferPointer, from start: Int) throws(Problem) -> Int {
    count = 0
    isPlausible = true
    guard let base = bytes.baseAddress else { return start }
    // Division is the slowest step, so it is done at the end, two at a time.
    defer { for i in 0..<Self.capacity { values[i] /= divisors[i] } }
    var next = base + start
    let end = base + bytes.count
    while next < end {
      let first = next.load(as: UInt8.self)
      if first <= 0x20 {
        if first == 0x0A { break }
        guard isSpace(first) else { throw .notANumber(next - base..<next - base + 1) }
        next += 1
        continue
      }
      guard count < Self.capacity else { throw .tooMany }
      if let short = ShortNumber(next, available: end - next) {
        values[count] = short.mantissa
        divisors[count] = short.divisor
        next += short.length
      } else {
        let field = Self.field(next, end)
        guard let value = DecimalNumber.value(of: field) else {
          throw .notANumber(next - base..<next - base + field.count)
        }
        values[count] = value
        divisors[count] = 1
        isPlausible = isPlausible && PlausibleRange.coordinate.contains(value)
        next += field.count
      }
      count &+= 1
    }
    return next - base
  }

  /// Takes over numbers that were read elsewhere; only the first 20 of them.
  mutating func set(_ numbers: [Double]) {
    count = min(numbers.count, Self.capacity)
    isPlausible = numbers.prefix(count).allSatisfy(PlausibleRange.coordinate.contains)
    for i in 0..<count {
      values[i] = numbers[i]
      divisors[i] = 1
    }
  }

  /// The bytes up to the next blank.
  private static func field(
    _ start: UnsafeRawPointer, _ end: UnsafeRawPointer
  ) -> UnsafeRawBufferPointer {
    var next = start
    while next < end, next.load(as: UInt8.self) > 0x20 { next += 1 }
    return UnsafeRawBufferPointer(start: start, count: next - start)
  }
}

/// A number of at most seven characters after its sign, such as `449`, `-1.0` or `488.906`. It is read
/// eight bytes at a time, without a branch for each digit.
///
/// Most fields of a label.txt are such numbers, and their lengths vary, so a loop over digits would spend
/// its time on mispredicted branches. There are few enough digits that the quotient is correctly rounded
/// (Clinger, PLDI 1990).
private struct ShortNumber {
  /// All digits as one whole number, without the decimal point.
  let mantissa: Double
  /// The number is `mantissa / divisor`: a power of ten, negative for a negative number.
  let divisor: Double
  /// How many bytes the number takes, with its sign.
  let length: Int

  /// - Returns: nil where the field is longer, is not a plain decimal number, or lies near the end of the
  ///   text.
  @inline(__always)
  init?(_ start: UnsafeRawPointer, available: Int) {
    guard available >= 9 else { return nil }
    var characters = UInt64(littleEndian: start.loadUnaligned(as: UInt64.self))
    var sign = 0
    if UInt8(truncatingIfNeeded: characters) == UInt8(ascii: "-") {
      characters = UInt64(littleEndian: (start + 1).loadUnaligned(as: UInt64.self))
      sign = 1
    }
    // Where the next number begins depends only on where this one ends, so the end is found first and in as
    // few steps as possible: it is the first byte below '!'. A high bit marks it; bits above that one may be wrong.
    let blanks = (characters &- 0x2121_2121_2121_2121) & (~characters & Self.high)
    let end = blanks.trailingZeroBitCount >> 3
    guard end > 0, end < 8 else { return nil }
    length = sign &+ end
    // Digits become 0 to 9; a high bit marks each byte that is not a digit.
    let digits = characters ^ 0x3030_3030_3030_3030
    let others = ((digits & ~Self.high) &+ 0x7676_7676_7676_7676 | digits) & Self.high
    let whole = others.trailingZeroBitCount >> 3
    var number = digits
    var count = end
    if whole != end {
      let second = others & (others &- 1)
      guard whole > 0, second.trailingZeroBitCount >> 3 == end,
        UInt8(truncatingIfNeeded: characters >> UInt64(8 &* whole)) == UInt8(ascii: ".")
      else { return nil }
      // The decimals move up by one byte, over the point.
      let before = (1 as UInt64) << UInt64(8 &* whole) &- 1
      number = (digits & before) | ((digits >> 8) & ~before)
      count = end &- 1
    }
    mantissa = Double(Int64(bitPattern: Self.sum(number << UInt64(64 &- 8 &* count))))
    divisor = Self.powersOfTen[count &- whole &+ 8 &* sign]
  }

  private static let high: UInt64 = 0x8080_8080_8080_8080

  /// The number that eight decimal digits stand for: one digit a byte, the first in the lowest byte.
  @inline(__always)
  private static func sum(_ digits: UInt64) -> UInt64 {
    let pairs = ((digits & 0x0F0F_0F0F_0F0F_0F0F) &* 2561) >> 8
    let fours = ((pairs & 0x00FF_00FF_00FF_00FF) &* 6_553_601) >> 16
    return ((fours & 0x0000_FFFF_0000_FFFF) &* 42_949_672_960_001) >> 32
  }

  private static let powersOfTen: InlineArray<16, Double> = [
    1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, -1, -1e1, -1e2, -1e3, -1e4, -1e5, -1e6, -1e7,
  ]
}
