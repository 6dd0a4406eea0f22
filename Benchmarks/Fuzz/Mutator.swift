import Geometry

/// Makes inputs of valid ones, the same in every run for the same seed.
struct Mutator {
  /// What is known of an input's structure.
  enum Shape: Sendable {
    case bytes
    /// Numbers and words are changed more often than bytes.
    case text
    /// The first bytes, where the structure is, are changed more often than the others.
    case headed(Int)
    /// The chunks of a PNG, whose sums are right afterwards.
    case png
    /// Headers, nodes and meta pages of an LMDB file.
    case lmdbPages
    /// Values of an LMDB file, whose pages stay as they are.
    case lmdbValues
  }

  let seeds: [[UInt8]]
  let shape: Shape
  /// No input grows beyond this.
  static let largest = 1 << 20

  private var random = SplitMix64(seed: 0)

  init(seeds: [[UInt8]], shape: Shape) { (self.seeds, self.shape) = (seeds, shape) }

  /// Input `index` of a campaign. The first ones are the seeds themselves.
  mutating func input(_ index: Int, seed: UInt64) -> [UInt8] {
    if index < seeds.count { return seeds[index] }
    random = SplitMix64(seed: seed ^ (UInt64(index) &* 0x9E37_79B9_7F4A_7C15))
    var input = seeds[below(seeds.count)]
    // Most faults are single; some need company.
    let changes = [1, 1, 1, 2, 3, 6][below(6)]
    for _ in 0..<changes { change(&input) }
    if case .png = shape, below(8) > 0 { PNGSums.mend(&input) }
    if input.count > Self.largest { input.removeLast(input.count - Self.largest) }
    return input
  }

  private mutating func below(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &random) }

  private mutating func change(_ input: inout [UInt8]) {
    switch shape {
    case .lmdbPages where below(8) > 0: changePage(&input)
    case .lmdbValues:
      let ranges = LMDBPlaces(input).values
      if !ranges.isEmpty { replace(in: ranges[below(ranges.count)], of: &input) }
    case .headed(let count) where below(4) > 0:
      // As long as it was, so that what follows stays where it is said to be.
      replace(in: 0..<min(count, input.count), of: &input)
    case .text where below(3) == 0: replaceNumber(&input)
    default: changeAnywhere(&input)
    }
  }

  private mutating func changePage(_ input: inout [UInt8]) {
    let places = LMDBPlaces(input).fields
    guard !places.isEmpty else { return changeAnywhere(&input) }
    let (offset, width) = places[below(places.count)]
    guard offset + width <= input.count else { return }
    if below(2) == 0 {
      input[offset + below(width)] ^= 1 << UInt8(below(8))
    } else {
      write(number(), width: width, at: offset, to: &input)
    }
  }

  /// Changes bytes in a range and leaves the count.
  private mutating func replace(in range: Range<Int>, of input: inout [UInt8]) {
    guard !range.isEmpty else { return }
    let at = range.lowerBound + below(range.count)
    switch below(5) {
    case 0: input[at] = Self.bytes[below(Self.bytes.count)]
    case 1:
      let width = min([2, 4, 8][below(3)], range.upperBound - at)
      write(number(), width: width, at: at, to: &input)
    case 2:
      let from = range.lowerBound + below(range.count)
      let count = 1 + below(min(64, range.upperBound - max(at, from)))
      for i in 0..<count { input[at + i] = input[from + i] }
    default: input[at] ^= 1 << UInt8(below(8))
    }
  }

  private mutating func changeAnywhere(_ input: inout [UInt8]) {
    guard !input.isEmpty else {
      input = seeds[below(seeds.count)]
      return
    }
    let at = below(input.count)
    switch below(10) {
    case 0: input.removeLast(input.count - at)
    case 1:
      let word = Self.words[below(Self.words.count)]
      input.insert(contentsOf: Array(word.utf8), at: at)
    case 2: input.removeSubrange(at..<min(input.count, at + 1 + below(64)))
    case 3:
      let block = Array(input[at..<min(input.count, at + 1 + below(256))])
      input.insert(contentsOf: block, at: below(input.count))
    case 4:
      let block = Array(input[at..<min(input.count, at + 1 + below(8))])
      for _ in 0..<(1 << below(12)) where input.count < Self.largest {
        input.insert(contentsOf: block, at: at)
      }
    case 5:
      let other = seeds[below(seeds.count)]
      input = Array(input[..<at]) + other.dropFirst(below(other.count + 1))
    case 6: replaceNumber(&input)
    default: replace(in: 0..<input.count, of: &input)
    }
  }

  /// Another number in place of one that is written in digits.
  private mutating func replaceNumber(_ input: inout [UInt8]) {
    guard !input.isEmpty else { return }
    func isNumber(_ byte: UInt8) -> Bool {
      (0x30...0x39).contains(byte) || byte == 0x2D || byte == 0x2E
    }
    let from = below(input.count)
    guard let start = input[from...].firstIndex(where: isNumber) else { return }
    let end = input[start...].firstIndex { !isNumber($0) } ?? input.count
    let text = Self.numbers[below(Self.numbers.count)]
    input.replaceSubrange(start..<end, with: Array(text.utf8))
  }

  private mutating func number() -> UInt64 {
    let special = Self.integers[below(Self.integers.count)]
    return below(3) == 0 ? UInt64(below(1 << 16)) : special
  }

  /// - Parameter width: 1 to 8 bytes, in either order.
  private mutating func write(_ number: UInt64, width: Int, at offset: Int, to input: inout [UInt8])
  {
    let isBig = below(4) == 0
    for i in 0..<width {
      input[offset + (isBig ? width - 1 - i : i)] = UInt8(
        truncatingIfNeeded: number >> (8 * UInt64(i)))
    }
  }

  private static let bytes: [UInt8] = [0, 1, 0x7F, 0x80, 0xFF, 0x20, 0x0A, 0x22, 0x5B, 0x7B]

  private static let integers: [UInt64] = {
    var numbers: [UInt64] = [0, 1, 2, 3, 7, 8, 16, 255, 256, 4095, 4096, 65535, 65536]
    for power: UInt64 in [15, 16, 31, 32, 47, 48, 62, 63] {
      let number: UInt64 = 1 << power
      numbers += [number - 1, number, number + 1]
    }
    numbers += [UInt64.max, UInt64.max - 1]
    let doubles: [Double] = [1e300, -1e300, .nan, .infinity, 5e-324]
    return numbers + doubles.map(\.bitPattern)
  }()

  private static let numbers = [
    "0", "-0", "-0.0", "1e-320", "1e155", "-1e155", "1e300", "1.8e308", "-1.8e308", "1e999", "NaN",
    "nan", "inf", "-inf", "Infinity", "2147483648", "-2147483648", "4294967296",
    "9007199254740993", "9223372036854775807", "-9223372036854775808", "9223372036854775808",
    "18446744073709551616", "-184467440737095516160", "0.1e", "1e", "-", ".", "1.2.3",
    "00000000000000000000000000000000000000001", "1_000", "0x10", "1048577", "1000000000",
  ]

  private static let words = [
    "{", "}", "[", "]", "\"", "\\u0000", "\\ud800", ":", ",", "\n", "\r", "\t", " ", "#", "\0",
    "null", "true", "\u{FEFF}", "\u{202E}", "../", "/", "(", ")", "'", "True", "<f8", "[[[[[[[[",
  ]
}
