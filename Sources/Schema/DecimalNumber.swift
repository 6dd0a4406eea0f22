internal import Glibc

/// Converts decimal text to `Double`, correctly rounded.
public enum DecimalNumber {
  private static let powersOfTen: [Double] = (0...22).reduce(into: []) { powers, _ in
    powers.append((powers.last ?? 0.1) * 10)
  }

  /// The number that the whole of `text` spells; nil where it is not one. White space and hexadecimal are not
  /// accepted.
  ///
  /// Up to 15 digits and a power of ten up to 22 are exact doubles, so one division of the two is correctly
  /// rounded (Clinger, PLDI 1990). This covers every number in these datasets. Up to 19 digits, which doubles may
  /// be written with, and 27 decimals are divided as whole numbers. The rest goes to `strtod`, "nan" and "inf"
  /// included.
  @inline(__always)
  public static func value(of text: UnsafeRawBufferPointer) -> Double? {
    var position = 0
    let count = text.count
    guard count > 0 else { return nil }
    if let word = ShortDecimal.word(text), let short = ShortDecimal(word, length: count) {
      return short.value
    }
    let isNegative = text[0] == UInt8(ascii: "-")
    if isNegative { position = 1 }
    var digits = Digits()
    var sawDigit = false
    var sawPoint = false
    while position < count {
      let digit = text[position] &- UInt8(ascii: "0")
      if digit < 10 {
        digits.add(digit)
        sawDigit = true
        if sawPoint { digits.decimals += 1 }
      } else if text[position] == UInt8(ascii: "."), !sawPoint {
        sawPoint = true
      } else {
        return slowValue(of: text)
      }
      position += 1
    }
    guard sawDigit else { return nil }
    guard let magnitude = digits.magnitude else { return slowValue(of: text) }
    return isNegative ? -magnitude : magnitude
  }

  /// The digits of a number, gathered one by one.
  struct Digits {
    private(set) var mantissa: UInt64 = 0
    /// Counted from the first digit that is not 0. At the twentieth digit of 2^64 x 10^n the mantissa wraps to 0, and later
    /// digits are not counted. With up to 19 digits it is 0 only for the number 0.
    private(set) var count = 0
    /// How many of the digits are after the point.
    var decimals = 0

    @inline(__always)
    mutating func add(_ digit: UInt8) {
      mantissa = mantissa &* 10 &+ UInt64(digit)
      if mantissa != 0 { count += 1 }
    }

    /// The number, correctly rounded; nil where that takes more than whole numbers of 64 bits.
    @inline(__always)
    var magnitude: Double? {
      if count == 0 { return 0 }
      guard decimals >= 0 else { return nil }
      if count <= 15, decimals <= 22 { return Double(mantissa) / powersOfTen[decimals] }
      guard count <= 19, decimals <= 27, mantissa != 0 else { return nil }
      return quotient(mantissa, decimals: decimals)
    }
  }

  /// 5 to the powers 0 to 27, which fit into 64 bits.
  private static let powersOfFive: [UInt64] = (0...27).reduce(into: []) { powers, _ in
    powers.append(powers.last.map { $0 * 5 } ?? 1)
  }

  /// mantissa / 10^decimals. It takes 64 bits of the quotient by 5^decimals and whether there is a remainder, and
  /// rounds to 53 bits, half to even.
  ///
  /// - Parameter mantissa: not 0.
  private static func quotient(_ mantissa: UInt64, decimals: Int) -> Double {
    let divisor = powersOfFive[decimals]
    let (up, down) = (mantissa.leadingZeroBitCount, divisor.leadingZeroBitCount)
    let dividend = mantissa << UInt64(up)
    let (bits, rest) = (divisor << UInt64(down)).dividingFullWidth((dividend >> 1, dividend << 63))
    let shift = 11 - bits.leadingZeroBitCount
    let half: UInt64 = 1 << UInt64(shift - 1)
    let below = bits & (2 &* half &- 1)
    var significand = bits >> UInt64(shift)
    if below > half || below == half && (rest != 0 || significand & 1 == 1) { significand += 1 }
    return Double(
      sign: .plus, exponent: shift - 63 + down - up - decimals, significand: Double(significand))
  }

  @inline(never)
  private static func slowValue(of text: UnsafeRawBufferPointer) -> Double? {
    guard text.count < 512, let first = text.first, first > 0x20 else { return nil }
    return withUnsafeTemporaryAllocation(of: CChar.self, capacity: text.count + 1) { buffer in
      for (i, byte) in text.enumerated() { buffer[i] = CChar(bitPattern: byte) }
      buffer[text.count] = 0
      // `strtod` takes hexadecimal numbers too, which are not decimal text.
      guard !text.contains(UInt8(ascii: "x")), !text.contains(UInt8(ascii: "X")) else { return nil }
      var end: UnsafeMutablePointer<CChar>?
      guard let base = buffer.baseAddress else { return nil }
      let value = strtod(base, &end)
      return end == base + text.count ? value : nil
    }
  }
}
