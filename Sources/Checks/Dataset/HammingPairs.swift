/// Finds all pairs of 64-bit codes that differ in at most `radius` bits, without comparing every code with every
/// other.
///
/// Multi-index hashing (M. Norouzi, A. Punjani, D. J. Fleet, "Fast Search in Hamming Space with Multi-Index
/// Hashing", CVPR 2012): a code has four parts of 16 bits. In at least one part two codes differ by no more than
/// a quarter of the bits in which they differ altogether. So codes are sorted by each part in turn, and only
/// codes with such near parts are compared. No pair is missed.
struct HammingPairs {
  static let greatestRadius = 15

  private let codes: [UInt64]
  private let radius: Int
  /// How many bits two parts may differ in, and all differences of so few bits.
  private let partRadius: Int
  private let masks: [Int]

  init(_ codes: [UInt64], within radius: Int) {
    precondition((0...Self.greatestRadius).contains(radius), "a radius that the parts serve")
    (self.codes, self.radius) = (codes, radius)
    let partRadius = radius / 4
    self.partRadius = partRadius
    masks = (0...0xFFFF).filter { $0.nonzeroBitCount <= partRadius }
  }

  /// Calls `body` once for each pair, with the codes' indices and the number of bits in which they differ. The
  /// order of the pairs is not defined. Takes four bytes a code.
  func forEach(_ body: (_ first: Int, _ second: Int, _ distance: Int) -> Void) {
    for part in 0..<4 {
      let (order, starts) = sorted(byPart: part)
      func compare(_ a: Int, _ b: Int) {
        let difference = codes[a] ^ codes[b]
        let distance = difference.nonzeroBitCount
        guard distance <= radius, !isNear(difference, beforePart: part) else { return }
        body(min(a, b), max(a, b), distance)
      }
      for value in 0...0xFFFF where starts[value] < starts[value + 1] {
        let own = order[starts[value]..<starts[value + 1]]
        for mask in masks {
          let other = value ^ mask
          guard other >= value, starts[other] < starts[other + 1] else { continue }
          for (i, a) in zip(own.indices, own) {
            let rest =
              mask == 0 ? own[(i + 1)...] : order[starts[other]..<starts[other + 1]]
            for b in rest { compare(Int(a), Int(b)) }
          }
        }
      }
    }
  }

  private static func value(_ code: UInt64, part: Int) -> Int {
    Int(code >> UInt64(16 * part) & 0xFFFF)
  }

  /// Whether the pair was already found by an earlier part.
  private func isNear(_ difference: UInt64, beforePart part: Int) -> Bool {
    (0..<part).contains { Self.value(difference, part: $0).nonzeroBitCount <= partRadius }
  }

  /// The codes' indices sorted by one part, and where each value of the part begins among them.
  private func sorted(byPart part: Int) -> (order: [UInt32], starts: [Int]) {
    var starts = [Int](repeating: 0, count: 0x10001)
    for code in codes { starts[Self.value(code, part: part) + 1] += 1 }
    for value in 0...0xFFFF { starts[value + 1] += starts[value] }
    var next = starts
    var order = [UInt32](repeating: 0, count: codes.count)
    for (index, code) in codes.enumerated() {
      let value = Self.value(code, part: part)
      order[next[value]] = UInt32(index)
      next[value] += 1
    }
    return (order, starts)
  }
}
