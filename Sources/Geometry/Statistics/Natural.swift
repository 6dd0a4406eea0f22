/// A whole number of any size, from 0 on, in limbs of 32 bits with the lowest first. It has what exact sums need.
struct Natural: Equatable, Sendable {
  /// Without zeros at the upper end; empty for 0.
  private(set) var limbs: [UInt32]

  init(_ limbs: [UInt32]) {
    self.limbs = limbs
    trim()
  }

  init(_ value: UInt64) {
    self.init([UInt32(truncatingIfNeeded: value), UInt32(value >> 32)])
  }

  var isZero: Bool { limbs.isEmpty }

  /// How many bits it takes; 0 for 0.
  var bitWidth: Int {
    limbs.last.map { 32 * limbs.count - $0.leadingZeroBitCount } ?? 0
  }

  var trailingZeroBits: Int {
    guard let first = limbs.firstIndex(where: { $0 != 0 }) else { return 0 }
    return 32 * first + limbs[first].trailingZeroBitCount
  }

  /// The lowest 128 bits.
  var low128: UInt128 {
    limbs.prefix(4).reversed().reduce(0) { $0 << 32 | UInt128($1) }
  }

  private mutating func trim() {
    while limbs.last == 0 { limbs.removeLast() }
  }

  static func < (left: Self, right: Self) -> Bool {
    if left.limbs.count != right.limbs.count { return left.limbs.count < right.limbs.count }
    for (a, b) in zip(left.limbs, right.limbs).reversed() where a != b { return a < b }
    return false
  }

  static func + (left: Self, right: Self) -> Self {
    var sum: [UInt32] = []
    var carry: UInt64 = 0
    for i in 0..<max(left.limbs.count, right.limbs.count) {
      if i < left.limbs.count { carry += UInt64(left.limbs[i]) }
      if i < right.limbs.count { carry += UInt64(right.limbs[i]) }
      sum.append(UInt32(truncatingIfNeeded: carry))
      carry >>= 32
    }
    return Self(sum + [UInt32(carry)])
  }

  /// - Precondition: `right` is not the greater.
  static func - (left: Self, right: Self) -> Self {
    var result = left.limbs
    var borrow: Int64 = 0
    for i in result.indices {
      let value = Int64(result[i]) - borrow - (i < right.limbs.count ? Int64(right.limbs[i]) : 0)
      borrow = value < 0 ? 1 : 0
      result[i] = UInt32(truncatingIfNeeded: value)
    }
    precondition(borrow == 0, "no number is below 0")
    return Self(result)
  }

  static func * (left: Self, right: Self) -> Self {
    var result = [UInt32](repeating: 0, count: left.limbs.count + right.limbs.count)
    for (i, a) in left.limbs.enumerated() {
      var carry: UInt64 = 0
      for (j, b) in right.limbs.enumerated() {
        carry += UInt64(a) * UInt64(b) + UInt64(result[i + j])
        result[i + j] = UInt32(truncatingIfNeeded: carry)
        carry >>= 32
      }
      result[i + right.limbs.count] = UInt32(carry)
    }
    return Self(result)
  }

  /// Divides by a number from 1 on.
  func quotientAndRemainder(dividingBy divisor: UInt64) -> (quotient: Self, remainder: UInt64) {
    var quotient = limbs
    var remainder: UInt128 = 0
    for i in limbs.indices.reversed() {
      remainder = remainder << 32 | UInt128(limbs[i])
      quotient[i] = UInt32(remainder / UInt128(divisor))
      remainder %= UInt128(divisor)
    }
    return (Self(quotient), UInt64(remainder))
  }

  /// Times 2^`bits`, or for a negative number divided by it, and whether a bit that was set is lost by that.
  func shifted(by bits: Int) -> (value: Self, isInexact: Bool) {
    guard bits < 0 else {
      let zeros = [UInt32](repeating: 0, count: bits / 32)
      return (Self(zeros + (self * Self(1 << UInt64(bits % 32))).limbs), false)
    }
    let isInexact = !isZero && trailingZeroBits < -bits
    let kept = Self(Array(limbs.dropFirst(-bits / 32)))
    return (kept.quotientAndRemainder(dividingBy: 1 << UInt64(-bits % 32)).quotient, isInexact)
  }

  /// In hexadecimal, without a prefix.
  var hexadecimal: String {
    guard let last = limbs.last else { return "0" }
    let rest = limbs.dropLast().reversed().map { limb in
      let digits = String(limb, radix: 16)
      return String(repeating: "0", count: 8 - digits.count) + digits
    }
    return String(last, radix: 16) + rest.joined()
  }

  /// - Returns: nil where the text is not one of hexadecimal digits alone.
  init?(hexadecimal text: some StringProtocol) {
    var limbs: [UInt32] = []
    var rest = Array(text.utf8)[...]
    guard !rest.isEmpty else { return nil }
    while !rest.isEmpty {
      var limb: UInt32 = 0
      for byte in rest.suffix(8) {
        guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue else { return nil }
        limb = limb << 4 | UInt32(digit)
      }
      limbs.append(limb)
      rest = rest.dropLast(8)
    }
    self.init(limbs)
  }
}

extension Double {
  /// (`bits` + a part below 1 that is 0 unless `isInexact`) times 2^`exponent`, rounded once, to the nearest and in a
  /// tie to the even one; infinite beyond the greatest.
  ///
  /// - Precondition: `bits` has at least 55 bits, or nothing is inexact.
  init(rounding bits: UInt64, isInexact: Bool, exponent: Int) {
    guard bits > 0 else {
      self = 0
      return
    }
    let width = UInt64.bitWidth - bits.leadingZeroBitCount
    // Below the least exponent, numbers have fewer bits.
    let lowest = max(exponent + width - 53, -1074)
    let drop = lowest - exponent
    var kept = bits
    if drop > 0 {
      kept = drop < 64 ? bits >> UInt64(drop) : 0
      let half: UInt64 = drop <= 64 ? 1 << UInt64(drop - 1) : 0
      let rest = drop < 64 ? bits & ((1 << UInt64(drop)) - 1) : bits
      let isAbove = rest > half || rest == half && isInexact
      if drop <= 64, isAbove || rest == half && kept & 1 == 1 { kept += 1 }
    }
    self = Double(sign: .plus, exponent: max(lowest, exponent), significand: Double(kept))
  }
}
