import Schema
import TestSupport
import Testing

@Suite("Decimal numbers")
struct DecimalNumberTests {
  private func value(_ text: String) -> Double? {
    Array(text.utf8).withUnsafeBytes { DecimalNumber.value(of: $0) }
  }

  /// That both are the same number, or that Swift too sees none.
  private func expectAsSwift(_ text: String) {
    #expect(value(text)?.bitPattern == Double(text)?.bitPattern, "\(text)")
  }

  @Test("short numbers are those that Swift reads, to the last bit")
  func short() {
    var numbers = SeededRandom(seed: 1)
    for _ in 0..<20_000 {
      let sign = numbers.below(2) == 0 ? "-" : ""
      let whole = numbers.digits(1 + numbers.below(8))
      let fraction = numbers.below(4) == 0 ? "" : ".\(numbers.digits(1 + numbers.below(7)))"
      expectAsSwift(sign + whole + fraction)
    }
  }

  @Test("numbers of any length and exponent are those that Swift reads, to the last bit")
  func long() {
    var numbers = SeededRandom(seed: 2)
    for _ in 0..<20_000 {
      let sign = ["", "-", "+"][numbers.below(3)]
      let mantissa =
        "\(numbers.digits(1 + numbers.below(25))).\(numbers.digits(1 + numbers.below(40)))"
      let exponent = numbers.below(3) == 0 ? "" : "e\(numbers.below(660) - 340)"
      expectAsSwift(sign + mantissa + exponent)
    }
  }

  @Test("numbers of 16 to 19 digits, and those on and beside halves, are those that Swift reads")
  func digitsOfDoubles() {
    var numbers = SeededRandom(seed: 5)
    for _ in 0..<50_000 {
      let digits = "\(1 + numbers.below(9))" + numbers.digits(15 + numbers.below(4))
      let decimals = numbers.below(28)
      let zeros = String(repeating: "0", count: max(0, decimals + 1 - digits.count))
      let padded = zeros + digits
      expectAsSwift("\(padded.dropLast(decimals)).\(padded.suffix(decimals))")
    }
    for _ in 0..<5_000 {
      // 54 bits, of which the last is a half of what a double holds, in 16 or 17 digits.
      let odd = (1 << 53) + 2 * numbers.below(1 << 52) + 1
      expectAsSwift("\(odd)")
      expectAsSwift("\(odd).0")
      expectAsSwift("\(odd).1")
      expectAsSwift("\(odd - 1).9")
    }
  }

  @Test("every double is read back from its shortest text")
  func shortest() {
    var numbers = SeededRandom(seed: 3)
    for _ in 0..<20_000 {
      let number = Double(bitPattern: numbers.next())
      guard number.isFinite else { continue }
      #expect(value(number.description)?.bitPattern == number.bitPattern, "\(number)")
    }
  }

  @Test(
    "halfway cases, the ends of the range and the edge of the fast path",
    arguments: [
      "9007199254740993", "9007199254740992.5", "9007199254740993.00000000000000000001",
      "0.1e1", "1e22", "1e23", "4.9406564584124654e-324", "2.4703282292062327e-324",
      "2.4703282292062328e-324", "1.7976931348623157e308", "2.2250738585072011e-308",
      "123456789012345", "999999999999999", "9999999999999999", "0.123456789012345",
      "0.1234567890123456", "-0", "-0.0", "000000000000000000012.5", "5.", ".5", "-.5", "1E5",
      "0.000000000000000000000000000000", "0.0000000000000000000000000001", "18446744073709551615",
      "9999999999999999999", "0.9999999999999999999",
    ])
  func edges(text: String) {
    #expect(value(text) != nil)
    expectAsSwift(text)
  }

  @Test("keeps the sign of zero")
  func negativeZero() {
    #expect(value("-0")?.sign == .minus)
    #expect(value("0")?.sign == .plus)
  }

  @Test("knows numbers that are none, and refuses none of them silently")
  func notFinite() {
    #expect(value("nan")?.isNaN == true)
    #expect(value("inf") == .infinity)
    #expect(value("-inf") == -.infinity)
    #expect(value("1e999") == .infinity)
  }

  @Test(
    "refuses what is not all number",
    arguments: [
      "", "-", ".", "-.", "1 ", " 1", "\t1", "1,5", "1.2.3", "1-2", "--1", "1e", "1e+", "e5", "abc",
      "12 x", "0x10", "0X1p3", "1\0", "٣",
    ])
  func refused(text: String) {
    #expect(value(text) == nil)
  }

  @Test("numbers at which 64 bits wrap to 0 are those that Swift reads")
  func wrapping() {
    for sign in ["", "-"] {
      for zeros in 0..<12 {
        let end = String(repeating: "0", count: zeros)
        for tail in ["", ".0", ".5", "1"] {
          expectAsSwift("\(sign)18446744073709551616\(end)\(tail)")
        }
        expectAsSwift("\(sign)1844674407370955161.6\(end)")
        expectAsSwift("\(sign)0.\(end)18446744073709551616")
      }
    }
  }
}
