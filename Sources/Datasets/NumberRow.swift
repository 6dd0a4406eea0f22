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
    var position = range.lowerBound
    let end = range.upperBound
    while true {
      while position < end, isSpace(bytes[position]) { position &+= 1 }
      guard position < end else { return }
      guard count < Self.capacity else { throw .tooMany }
      if let short = ShortNumber(base + position, available: bytes.count &- position) {
        values[count] = short.value
        position &+= short.length
      } else {
        let start = position
        while position < end, !isSpace(bytes[position]) { position &+= 1 }
        let field = UnsafeRawBufferPointer(rebasing: bytes[start..<position])
        guard let value = DecimalNumber.value(of: field) else {
          throw .notANumber(start..<position)
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
  let value: Double
  /// How many bytes it takes.
  let length: Int

  /// - Returns: nil where the field is longer or is no plain decimal number, and near the end of the
  ///   text.
  @inline(__always)
  init?(_ start: UnsafeRawPointer, available: Int) {
    guard available >= 9 else { return nil }
    let isNegative = start.load(as: UInt8.self) == UInt8(ascii: "-")
    let sign = isNegative ? 1 : 0
    let characters = UInt64(littleEndian: (start + sign).loadUnaligned(as: UInt64.self))
    // Digits become 0 to 9; the high bit of `others` marks the bytes that are more.
    let digits = characters ^ 0x3030_3030_3030_3030
    let low7 = digits & 0x7F7F_7F7F_7F7F_7F7F
    let others = ((low7 &+ 0x7676_7676_7676_7676) | digits) & 0x8080_8080_8080_8080
    let whole = others.trailingZeroBitCount >> 3
    guard whole > 0, whole < 8 else { return nil }
    var end = whole
    var number = digits
    var decimals = 0
    if UInt8(truncatingIfNeeded: characters >> UInt64(8 &* whole)) == UInt8(ascii: ".") {
      end = (others & (others &- 1)).trailingZeroBitCount >> 3
      guard end < 8 else { return nil }
      decimals = end &- whole &- 1
      // The decimals move up to the place of the point.
      let before = (1 as UInt64) << UInt64(8 &* whole) &- 1
      number = (digits & before) | ((digits >> 8) & ~before)
    }
    let stop = UInt8(truncatingIfNeeded: characters >> UInt64(8 &* end))
    guard isSpace(stop) || stop == 0x0A else { return nil }
    let count = decimals > 0 || end > whole ? end &- 1 : end
    let magnitude =
      Double(Int64(Self.sum(number << UInt64(64 &- 8 &* count)))) / Self.powersOfTen[decimals]
    value = isNegative ? -magnitude : magnitude
    length = end &+ sign
  }

  /// The number that eight decimal digits, one a byte and the first in the lowest, stand for.
  @inline(__always)
  private static func sum(_ digits: UInt64) -> UInt64 {
    let pairs = ((digits & 0x0F0F_0F0F_0F0F_0F0F) &* 2561) >> 8
    let fours = ((pairs & 0x00FF_00FF_00FF_00FF) &* 6_553_601) >> 16
    return ((fours & 0x0000_FFFF_0000_FFFF) &* 42_949_672_960_001) >> 32
  }

  private static let powersOfTen: InlineArray<8, Double> = [1, 10, 100, 1e3, 1e4, 1e5, 1e6, 1e7]
}
