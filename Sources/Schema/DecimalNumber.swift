internal import Glibc

/// Decimal text to `Double`, correctly rounded.
public enum DecimalNumber {
  private static let powersOfTen: [Double] = (0...22).reduce(into: []) { powers, _ in
    powers.append((powers.last ?? 0.1) * 10)
  }

  /// The number that all of `text` spells, or nil.
  ///
  /// Up to 15 digits and a power of ten up to 22 are exact doubles, so one division or product of
  /// the two is correctly rounded (Clinger, PLDI 1990): true of every number in these datasets. The
  /// rest, "nan" and "inf" included, goes to `strtod`.
  @inline(__always)
  public static func value(of text: UnsafeRawBufferPointer) -> Double? {
    var position = 0
    let count = text.count
    guard count > 0 else { return nil }
    let isNegative = text[0] == UInt8(ascii: "-")
    if isNegative { position = 1 }
    var mantissa: UInt64 = 0
    var digits = 0
    var decimals = 0
    var sawPoint = false
    while position < count {
      let digit = text[position] &- UInt8(ascii: "0")
      if digit < 10 {
        mantissa = mantissa &* 10 &+ UInt64(digit)
        digits += 1
        if sawPoint { decimals += 1 }
      } else if text[position] == UInt8(ascii: "."), !sawPoint {
        sawPoint = true
      } else {
        return slowValue(of: text)
      }
      position += 1
    }
    guard digits > 0 else { return nil }
    guard digits <= 15 else { return slowValue(of: text) }
    let magnitude = Double(mantissa) / powersOfTen[decimals]
    return isNegative ? -magnitude : magnitude
  }

  @inline(never)
  private static func slowValue(of text: UnsafeRawBufferPointer) -> Double? {
    guard text.count < 512, let first = text.first, first > 0x20 else { return nil }
    return withUnsafeTemporaryAllocation(of: CChar.self, capacity: text.count + 1) { buffer in
      for (i, byte) in text.enumerated() { buffer[i] = CChar(bitPattern: byte) }
      buffer[text.count] = 0
      // Hexadecimal is no decimal text, though strtod takes it.
      guard !text.contains(UInt8(ascii: "x")), !text.contains(UInt8(ascii: "X")) else { return nil }
      var end: UnsafeMutablePointer<CChar>?
      guard let base = buffer.baseAddress else { return nil }
      let value = strtod(base, &end)
      return end == base + text.count ? value : nil
    }
  }
}
