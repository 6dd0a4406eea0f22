internal import Glibc
internal import Schema

/// Steps through the lines and numbers of a text in memory.
///
/// It exists only inside a `withBytes` closure. Lines end with a line feed; a carriage return before
/// it is no part of `content`.
struct TextLines {
  let bytes: UnsafeRawBufferPointer
  /// Where the next line begins.
  var position: Int

  struct Line {
    /// Where the line's text stands, without line feed and trailing white space.
    var content: Range<Int>
    /// Where it stands with everything but the line feed.
    var whole: Range<Int>
  }

  var isAtEnd: Bool { position >= bytes.count }

  /// The next line without moving on.
  func peek() -> Line? {
    guard position < bytes.count, let base = bytes.baseAddress else { return nil }
    let rest = bytes.count - position
    let feed = memchr(base + position, 0x0A, rest)
    let end = feed.map { UnsafeRawPointer($0) - base } ?? bytes.count
    var last = end
    while last > position, isSpace(bytes[last - 1]) { last -= 1 }
    return Line(content: position..<last, whole: position..<end)
  }

  mutating func next() -> Line? {
    guard let line = peek() else { return nil }
    position = line.whole.upperBound + 1
    return line
  }

  func text(_ range: Range<Int>) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(rebasing: bytes[range])
  }

  func hasCarriageReturn(_ line: Line) -> Bool {
    !line.whole.isEmpty && bytes[line.whole.upperBound - 1] == 0x0D
  }
}

@inline(__always)
func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x0D || byte == 0x09 }

/// The numbers of one line, at most 20.
struct NumberRow {
  static let capacity = 20
  private(set) var count = 0
  private var values: InlineArray<20, Double> = .init(repeating: 0)

  subscript(index: Int) -> Double { values[index] }

  /// What the row is made of, or where it fails to be numbers.
  enum Problem: Error {
    case notANumber(Range<Int>)
    case tooMany
  }

  /// Reads numbers separated by blanks from `range` of `bytes`.
  ///
  /// Digits are summed while the field's end is looked for: up to 15 of them, with a power of ten
  /// below 10^22, give an exact quotient (Clinger 1990). Other spellings go the general way.
  @inline(__always)
  init(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) throws(Problem) {
    var position = range.lowerBound
    let end = range.upperBound
    while true {
      while position < end, isSpace(bytes[position]) { position += 1 }
      guard position < end else { return }
      guard count < Self.capacity else { throw .tooMany }
      let start = position
      let isNegative = bytes[position] == UInt8(ascii: "-")
      if isNegative { position += 1 }
      var mantissa: UInt64 = 0
      var decimals = 0
      let first = position
      while position < end {
        let digit = bytes[position] &- UInt8(ascii: "0")
        guard digit < 10 else { break }
        mantissa = mantissa &* 10 &+ UInt64(digit)
        position += 1
      }
      var digits = position - first
      if position < end, bytes[position] == UInt8(ascii: ".") {
        position += 1
        let point = position
        while position < end {
          let digit = bytes[position] &- UInt8(ascii: "0")
          guard digit < 10 else { break }
          mantissa = mantissa &* 10 &+ UInt64(digit)
          position += 1
        }
        decimals = position - point
        digits += decimals
      }
      if digits > 0, digits <= 15, position == end || isSpace(bytes[position]) {
        let magnitude = Double(mantissa) / Self.powerOfTen(decimals)
        values[count] = isNegative ? -magnitude : magnitude
      } else {
        while position < end, !isSpace(bytes[position]) { position += 1 }
        let field = UnsafeRawBufferPointer(rebasing: bytes[start..<position])
        guard let value = DecimalNumber.value(of: field) else {
          throw .notANumber(start..<position)
        }
        values[count] = value
      }
      count += 1
    }
  }

  /// 10^n for n up to 15, each exact.
  @inline(__always)
  private static func powerOfTen(_ n: Int) -> Double {
    switch n {
    case 0: 1
    case 1: 1e1
    case 2: 1e2
    case 3: 1e3
    case 4: 1e4
    case 5: 1e5
    case 6: 1e6
    default: largePowers[n - 7]
    }
  }

  private static let largePowers: [Double] = [1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15]
}
