/// The sum of any finite numbers and of their squares, without rounding. So mean and standard deviation, which are
/// rounded once, have the same bits in whatever order and parts numbers are added.
///
/// A Double is an integer of 53 bits times a power of 2 from 2^-1074 on, so both sums are integers in units of 2^-1074
/// and 2^-2148. They are kept in limbs of 32 bits, each in an Int64 that takes 2^28 numbers before its carry must move
/// on (Kulisch's accumulator).
public struct ExactSum: Sendable, Equatable {
  /// How many numbers were added.
  public private(set) var count = 0
  private var sum = [Int64](repeating: 0, count: Self.sumLimbs)
  private var squares = [Int64](repeating: 0, count: Self.squareLimbs)
  /// How many numbers were added since the carries moved on.
  private var unsettled = 0

  /// 2,098 bits, and room for 2^62 of them.
  private static let sumLimbs = 68
  /// Twice that.
  private static let squareLimbs = 134
  /// Exponents of the units of both sums.
  static let (sumUnit, squareUnit) = (-1074, -2148)

  /// The sum of no numbers.
  public init() {}

  /// Whether both are the sums of as many numbers, and equal.
  public static func == (left: Self, right: Self) -> Bool {
    left.count == right.count && left.text == right.text
  }

  /// Adds a number.
  ///
  /// - Precondition: it is finite.
  public mutating func add(_ value: Double) {
    precondition(value.isFinite, "numbers that are added passed the gate")
    count += 1
    guard value != 0 else { return }
    unsettled += 1
    if unsettled == 1 << 28 { settle() }
    let isNormal = value.exponentBitPattern > 0
    let mantissa = value.significandBitPattern | (isNormal ? 1 << 52 : 0)
    let place = isNormal ? Int(value.exponentBitPattern) - 1 : 0
    let (high, low) = mantissa.multipliedFullWidth(by: mantissa)
    Self.add((low: mantissa, high: 0), at: place, to: &sum, isNegative: value < 0)
    Self.add((low: low, high: high), at: 2 * place, to: &squares, isNegative: false)
  }

  /// Adds an integer of at most 106 bits, times 2^`place`.
  @inline(__always)
  private static func add(
    _ value: (low: UInt64, high: UInt64), at place: Int, to limbs: inout [Int64], isNegative: Bool
  ) {
    let (shift, index) = (UInt64(place & 31), place >> 5)
    let lowest: UInt64 = 0xFFFF_FFFF
    let sign: Int64 = isNegative ? -1 : 1
    let a = (value.low & lowest) &<< shift
    let b = (value.low >> 32) &<< shift
    limbs.withUnsafeMutableBufferPointer { limbs in
      limbs[index] &+= sign &* Int64(truncatingIfNeeded: a & lowest)
      limbs[index + 1] &+= sign &* Int64(truncatingIfNeeded: a &>> 32 &+ b & lowest)
      guard value.high > 0 else {
        limbs[index + 2] &+= sign &* Int64(truncatingIfNeeded: b &>> 32)
        return
      }
      let c = (value.high & lowest) &<< shift
      let d = (value.high >> 32) &<< shift
      limbs[index + 2] &+= sign &* Int64(truncatingIfNeeded: b &>> 32 &+ c & lowest)
      limbs[index + 3] &+= sign &* Int64(truncatingIfNeeded: c &>> 32 &+ d & lowest)
      limbs[index + 4] &+= sign &* Int64(truncatingIfNeeded: d &>> 32)
    }
  }

  /// Adds all that `other` was given.
  public mutating func merge(_ other: Self) {
    var other = other
    other.settle()
    settle()
    for i in sum.indices { sum[i] += other.sum[i] }
    for i in squares.indices { squares[i] += other.squares[i] }
    count += other.count
    unsettled = 1
    settle()
  }

  /// Moves carries on, so that each limb but the last is from 0 to 2^32 - 1. The last one has the sign.
  private mutating func settle() {
    guard unsettled > 0 else { return }
    Self.settle(&sum)
    Self.settle(&squares)
    unsettled = 0
  }

  private static func settle(_ limbs: inout [Int64]) {
    for i in 0..<limbs.count - 1 {
      // Rounds down, so what is left is not negative.
      limbs[i + 1] += limbs[i] >> 32
      limbs[i] &= 0xFFFF_FFFF
    }
  }

  private static func natural(of limbs: [Int64]) -> (value: Natural, isNegative: Bool) {
    var limbs = limbs
    settle(&limbs)
    let isNegative = limbs[limbs.count - 1] < 0
    if isNegative {
      for i in limbs.indices { limbs[i] = -limbs[i] }
      settle(&limbs)
    }
    let top = UInt64(limbs[limbs.count - 1])
    let low = limbs.dropLast().map { UInt32($0) }
    return (
      Natural(low + [UInt32(truncatingIfNeeded: top), UInt32(top >> 32)]), isNegative
    )
  }

  /// The mean, rounded once; 0 without numbers.
  public var mean: Double {
    guard count > 0 else { return 0 }
    let (sum, isNegative) = Self.natural(of: sum)
    // The quotient has at least 63 bits.
    let shift = 127 - sum.bitWidth
    let scaled = sum.shifted(by: shift)
    let (quotient, remainder) = scaled.value.quotientAndRemainder(dividingBy: UInt64(count))
    let magnitude = Self.rounded(
      quotient, isInexact: scaled.isInexact || remainder > 0, exponent: Self.sumUnit - shift)
    return isNegative ? -magnitude : magnitude
  }

  /// The standard deviation of the population (numpy's ddof 0), rounded once; 0 without numbers.
  ///
  /// It is sqrt(n S2 - S1^2) / n.
  public var standardDeviation: Double {
    guard count > 0 else { return 0 }
    let sum = Self.natural(of: sum).value
    let spread = Natural(UInt64(count)) * Self.natural(of: squares).value - sum * sum
    guard !spread.isZero else { return 0 }
    // The quotient has 124 to 127 bits, so its root has 62 to 64. An even power of 2 can leave the root.
    let width = UInt64.bitWidth - UInt64(count).leadingZeroBitCount
    var shift = 2 * width + 124 - spread.bitWidth
    shift += shift & 1
    let scaled = spread.shifted(by: shift)
    let once = scaled.value.quotientAndRemainder(dividingBy: UInt64(count))
    let twice = once.quotient.quotientAndRemainder(dividingBy: UInt64(count))
    // What is cut off a number changes no bit of the whole part of its root.
    let (root, isExact) = Self.root(twice.quotient.low128)
    let isInexact = scaled.isInexact || once.remainder > 0 || twice.remainder > 0 || !isExact
    return Double(
      rounding: root, isInexact: isInexact, exponent: (Self.squareUnit - shift) / 2)
  }

  /// The whole part of a square root, and whether that is all of it.
  private static func root(_ value: UInt128) -> (root: UInt64, isExact: Bool) {
    // The root of a Double is right to 53 bits; the last few are found by Newton's method.
    var root = UInt128(Double(value).squareRoot())
    for _ in 0..<3 where root > 0 { root = (root + value / root) / 2 }
    while root * root > value { root -= 1 }
    while (root + 1) * (root + 1) <= value { root += 1 }
    return (UInt64(root), root * root == value)
  }

  private static func rounded(_ value: Natural, isInexact: Bool, exponent: Int) -> Double {
    let drop = max(0, value.bitWidth - 64)
    let kept = value.shifted(by: -drop)
    return Double(
      rounding: UInt64(kept.value.low128), isInexact: isInexact || kept.isInexact,
      exponent: exponent + drop)
  }
}

// Text
extension ExactSum {
  /// Both sums as text: an integer in hexadecimal times a power of 2, as in "-0x1ap-53". Python's `float.fromhex` reads
  /// it, rounded once, and `int(digits, 16)` reads it whole.
  public var text: (sum: String, squares: String) {
    (
      Self.text(of: sum, unit: Self.sumUnit), Self.text(of: squares, unit: Self.squareUnit)
    )
  }

  private static func text(of limbs: [Int64], unit: Int) -> String {
    let (value, isNegative) = natural(of: limbs)
    let zeros = value.trailingZeroBits
    return (isNegative ? "-0x" : "0x") + value.shifted(by: -zeros).value.hexadecimal
      + "p\(value.isZero ? 0 : unit + zeros)"
  }

  /// Sums that were kept as text.
  ///
  /// - Returns: nil where a text is not such a number, or the numbers cannot be the sums of so many.
  public init?(count: Int, sum: String, squares: String) {
    guard count >= 0, let first = Self.limbs(sum, unit: Self.sumUnit, count: Self.sumLimbs),
      let second = Self.limbs(squares, unit: Self.squareUnit, count: Self.squareLimbs)
    else { return nil }
    (self.count, self.sum, self.squares) = (count, first, second)
    // By Cauchy and Schwarz; without this a spread could be negative.
    let magnitude = Self.natural(of: first).value
    let product = Natural(UInt64(count)) * Self.natural(of: second).value
    let isPossible = count > 0 || Self.natural(of: second).value.isZero
    guard isPossible, !Self.natural(of: second).isNegative, !(product < magnitude * magnitude)
    else { return nil }
  }

  private static func limbs(_ text: String, unit: Int, count: Int) -> [Int64]? {
    let isNegative = text.hasPrefix("-")
    let body = text.dropFirst(isNegative ? 1 : 0)
    let parts = body.split(separator: "p", omittingEmptySubsequences: false)
    guard body.hasPrefix("0x"), parts.count == 2, parts[0].utf8.count <= 1200,
      let value = Natural(hexadecimal: parts[0].dropFirst(2)), let exponent = Int(parts[1]),
      (unit...4096).contains(exponent)
    else { return nil }
    let shift = value.isZero ? 0 : exponent - unit
    let whole = value.shifted(by: shift).value.limbs
    guard whole.count < count else { return nil }
    let padded = whole + Array(repeating: 0, count: count - whole.count)
    return padded.map { isNegative ? -Int64($0) : Int64($0) }
  }
}
