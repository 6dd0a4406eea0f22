internal import Schema

/// The numbers of one line, at most 20.
struct NumberRow {
  static let capacity = 20
  private(set) var count = 0
  /// Whether all numbers are finite.
  private(set) var isFinite = true
  private var values: InlineArray<20, Double> = .init(repeating: 0)

  subscript(index: Int) -> Double { values[index] }

  /// What keeps a line from being such a row.
  enum Problem: Error {
    case notANumber(Range<Int>)
    case tooMany
  }

  /// Reads numbers separated by blanks from `range` of `bytes`.
  @inline(__always)
  init(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) throws(Problem) {
    guard let base = bytes.baseAddress else { return }
    // Division takes longest, so it is left for the end and done two at a time.
    var divisors = InlineArray<20, Double>(repeating: 1)
    defer { for i in 0..<Self.capacity { values[i] /= divisors[i] } }
    var next = base + range.lowerBound
    let end = base + range.upperBound
    let limit = base + bytes.count
    while true {
      while next < end, isSpace(next.load(as: UInt8.self)) { next += 1 }
      guard next < end else { return }
      guard count < Self.capacity else { throw .tooMany }
      if let short = ShortNumber(next, available: limit - next) {
        values[count] = short.mantissa
        divisors[count] = short.divisor
        next += short.length
      } else {
        let start = next
        while next < end, !isSpace(next.load(as: UInt8.self)) { next += 1 }
        let field = UnsafeRawBufferPointer(start: start, count: next - start)
        guard let value = DecimalNumber.value(of: field) else {
          throw .notANumber(start - base..<next - base)
        }
        values[count] = value
        isFinite = isFinite && value.isFinite
      }
      count &+= 1
    }
  }
}

/// A number of at most seven characters after its sign, such as `449`, `-1.0` or `488.906`, read with
/// eight bytes at a time and without a branch for each digit.
///
/// Most fields of a label.txt are such numbers of varying length, so a loop over digits would spend
/// its time on mispredicted branches. Digits and decimals are few enough that the quotient is
/// correctly rounded (Clinger, PLDI 1990).
private struct ShortNumber {
  /// All its digits as a whole number.
  let mantissa: Double
  /// What to divide them by: a power of ten, negative for a negative number.
  let divisor: Double
  /// How many bytes it takes.
  let length: Int

  /// - Returns: nil where the field is longer or is no plain decimal number, and near the end of the
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
    // The next number's place hangs on this one's end alone, so the end is found first and on its
    // own: the first byte up to a space. (A high bit marks each byte that is one.)
    let blanks = ~((characters & Self.low7) &+ 0x5F5F_5F5F_5F5F_5F5F | characters) & Self.high
    let end = blanks.trailingZeroBitCount >> 3
    guard end > 0, end < 8 else { return nil }
    length = end &+ sign
    // Digits become 0 to 9; a high bit marks each byte that is more.
    let digits = characters ^ 0x3030_3030_3030_3030
    let others = ((digits & Self.low7) &+ 0x7676_7676_7676_7676 | digits) & Self.high
    let whole = others.trailingZeroBitCount >> 3
    var number = digits
    var count = end
    if whole != end {
      let second = others & (others &- 1)
      guard whole > 0, second.trailingZeroBitCount >> 3 == end,
        UInt8(truncatingIfNeeded: characters >> UInt64(8 &* whole)) == UInt8(ascii: ".")
      else { return nil }
      // The decimals move up to the place of the point.
      let before = (1 as UInt64) << UInt64(8 &* whole) &- 1
      number = (digits & before) | ((digits >> 8) & ~before)
      count = end &- 1
    }
    mantissa = Double(Int64(bitPattern: Self.sum(number << UInt64(64 &- 8 &* count))))
    divisor = Self.powersOfTen[count &- whole &+ 8 &* sign]
  }

  private static let low7: UInt64 = 0x7F7F_7F7F_7F7F_7F7F
  private static let high: UInt64 = 0x8080_8080_8080_8080

  /// The number that eight decimal digits, one a byte and the first in the lowest, stand for.
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
