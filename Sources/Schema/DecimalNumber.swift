internal import Glibc

/// Converts decimal text to `Double`, correctly rounded.
public enum DecimalNumber {
  /// 10 to the powers 0 to 22, which are exact.
  private static let powersOfTen: InlineArray<23, Double> = [
    1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17,
    1e18, 1e19, 1e20, 1e21, 1e22,
  ]

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
      guard count <= 19, mantissa != 0 else { return nil }
      return DecimalNumber.magnitude(mantissa, decimals: decimals)
    }
  }

  /// mantissa / 10^decimals, correctly rounded; nil where that takes more than whole numbers of 64 bits.
  @inline(__always)
  static func magnitude(_ mantissa: UInt64, decimals: Int) -> Double? {
    guard decimals >= 0 else { return nil }
    if mantissa <= 1 << 53, decimals <= 22 { return Double(mantissa) / powersOfTen[decimals] }
    guard decimals > 0 else { return Double(mantissa) }
    return decimals <= 27 ? quotient(mantissa, decimals: decimals) : nil
  }

  /// 5 to the powers 0 to 27, which fit into 64 bits.
  private static let powersOfFive: InlineArray<28, UInt64> = [
    1, 5, 25, 125, 625, 3125, 15625, 78125, 390_625, 1_953_125, 9_765_625, 48_828_125, 244_140_625,
    1_220_703_125, 6_103_515_625, 30_517_578_125, 152_587_890_625, 762_939_453_125,
    3_814_697_265_625, 19_073_486_328_125, 95_367_431_640_625, 476_837_158_203_125,
    2_384_185_791_015_625, 11_920_928_955_078_125, 59_604_644_775_390_625, 298_023_223_876_953_125,
    1_490_116_119_384_765_625, 7_450_580_596_923_828_125,
  ]

  /// The whole part of 2^(63 + n) / 5^i, where 5^i has n bits: a number of 64 bits. The first is not used.
  private static let reciprocals: InlineArray<28, UInt64> = [
    0, 0xCCCC_CCCC_CCCC_CCCC, 0xA3D7_0A3D_70A3_D70A, 0x8312_6E97_8D4F_DF3B, 0xD1B7_1758_E219_652B,
    0xA7C5_AC47_1B47_8423, 0x8637_BD05_AF6C_69B5, 0xD6BF_94D5_E57A_42BC, 0xABCC_7711_8461_CEFC,
    0x8970_5F41_36B4_A597, 0xDBE6_FECE_BDED_D5BE, 0xAFEB_FF0B_CB24_AAFE, 0x8CBC_CC09_6F50_88CB,
    0xE12E_1342_4BB4_0E13, 0xB424_DC35_095C_D80F, 0x901D_7CF7_3AB0_ACD9, 0xE695_94BE_C44D_E15B,
    0xB877_AA32_36A4_B449, 0x9392_EE8E_921D_5D07, 0xEC1E_4A7D_B695_61A5, 0xBCE5_0864_9211_1AEA,
    0x971D_A050_74DA_7BEE, 0xF1C9_0080_BAF7_2CB1, 0xC16D_9A00_9592_8A27, 0x9ABE_14CD_4475_3B52,
    0xF796_87AE_D3EE_C551, 0xC612_0625_7658_9DDA, 0x9E74_D1B7_91E0_7E48,
  ]

  /// mantissa / 10^decimals, rounded to 53 bits, half to even.
  ///
  /// The product of the mantissa with the reciprocal of 5^decimals has 64 bits and is too small by less than 2. So it tells how to
  /// round unless it is at a half or one below it.
  ///
  /// - Parameters:
  ///   - mantissa: not 0.
  ///   - decimals: 1 to 27.
  @inline(__always)
  private static func quotient(_ mantissa: UInt64, decimals: Int) -> Double {
    let up = mantissa.leadingZeroBitCount
    let product = (mantissa << UInt64(up)).multipliedFullWidth(by: reciprocals[decimals]).high
    let shift = 11 - product.leadingZeroBitCount
    let half: UInt64 = 1 << UInt64(shift - 1)
    let below = product & (2 &* half &- 1)
    guard below != half, below != half - 1 else {
      return exactQuotient(mantissa, decimals: decimals)
    }
    let significand = (product >> UInt64(shift)) + (below > half ? 1 : 0)
    let exponent = shift + 1 - (64 - powersOfFive[decimals].leadingZeroBitCount) - up - decimals
    return Double(significand) * Double(bitPattern: UInt64(1023 + exponent) << 52)
  }

  /// The same by a division: 64 bits of the quotient, and whether there is a remainder.
  @inline(never)
  private static func exactQuotient(_ mantissa: UInt64, decimals: Int) -> Double {
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
