import Codecs
import TestSupport
import Testing

@testable import Checks

@Suite("Pairs within a Hamming distance")
struct HammingPairsTests {
  @Test("all are found, each once, as comparing each with each does", arguments: 0...15)
  func complete(radius: Int) {
    var random = SeededRandom(seed: UInt64(radius))
    // Families of codes with up to 18 bits changed.
    var codes: [UInt64] = []
    for _ in 0..<40 {
      let code = random.next()
      codes += [code, code]
      for _ in 0..<5 {
        var near = code
        for _ in 0..<random.below(19) { near ^= 1 << UInt64(random.below(64)) }
        codes.append(near)
      }
    }
    var found: [[Int]: Int] = [:]
    var calls = 0
    HammingPairs(codes, within: radius).forEach { a, b, distance in
      found[[a, b]] = distance
      calls += 1
    }
    var expected: [[Int]: Int] = [:]
    for b in codes.indices {
      for a in 0..<b where (codes[a] ^ codes[b]).nonzeroBitCount <= radius {
        expected[[a, b]] = (codes[a] ^ codes[b]).nonzeroBitCount
      }
    }
    #expect(found == expected)
    #expect(calls == expected.count)
    #expect(!expected.isEmpty)
  }
}

extension DatasetCheck {
  /// All findings.
  mutating func finish() throws -> [DatasetFinding] {
    var found: [DatasetFinding] = []
    try finish { found.append($0) }
    return found
  }
}

@Suite("Duplicate images")
struct DuplicateImagesTests {
  private struct Match: Equatable {
    var record: Int
    var original: Int
    var distance: Int?
    var crossesSplits: Bool
  }

  /// - Parameters:
  ///   - images: pixels, perceptual hash, split and kin of each.
  ///   - memory: how many looks are compared in memory.
  private func matches(
    _ images: [(pixels: UInt64, look: UInt64?, split: UInt16, kin: UInt64)], radius: Int = 4,
    memory: Int = 1 << 19
  ) throws -> [Match] {
    let (keys, looks, found) = (RowSorter(), RowSorter(), RowSorter())
    for (record, image) in images.enumerated() {
      let (record, split) = (UInt64(record), UInt64(image.split))
      try keys.add(
        Row(RecordEvidence.Kind.pixels.rawValue, image.pixels, record, split))
      if let look = image.look { try looks.add(Row(look, split, image.kin, record)) }
    }
    var equal = EqualKeys(try RecordNames(), found: found)
    try equal.find(in: keys.sorted())
    try SimilarImages(radius: radius, memory: memory).find(in: looks.sorted(), found: found)
    var rows = try found.sorted()
    var matches: [Match] = []
    while let row = try rows.nextRow() {
      let record = Int(row.x & (1 << 56 - 1))
      if record == matches.last?.record { continue }
      matches.append(
        Match(
          record: record, original: Int(row.z), distance: row.y == 0 ? nil : Int(row.w >> 1),
          crossesSplits: row.w & 1 == 1))
    }
    return matches
  }

  @Test(
    "looks that do not fit into memory are compared by bands, or by blocks where the radius is greater",
    arguments: [4, 6], [2, 3, 8, 50])
  func bands(radius: Int, memory: Int) throws {
    var random = SeededRandom(seed: UInt64(radius))
    var images: [(UInt64, UInt64?, UInt16, UInt64)] = []
    for family in 0..<30 {
      let code = random.next()
      for _ in 0..<7 {
        var near = code
        for _ in 0..<random.below(6) { near ^= 1 << UInt64(random.below(64)) }
        let kin = random.below(3) == 0 ? UInt64(family) : 0
        images.append((random.next(), near, UInt16(random.below(2)), kin))
      }
    }
    let expected = try matches(images, radius: radius)
    #expect(expected.count > 60)
    #expect(try matches(images, radius: radius, memory: memory) == expected)
  }

  private let look: UInt64 = 0xAAAA_5555_CCCC_3333

  @Test("the same pixels are told once for each copy, the other split first")
  func exact() throws {
    #expect(
      try matches([(1, look, 0, 0), (1, look, 0, 0), (2, ~look, 0, 0), (1, look, 1, 0)]) == [
        Match(record: 1, original: 0, distance: nil, crossesSplits: false),
        Match(record: 3, original: 0, distance: nil, crossesSplits: true),
      ])
    #expect(
      try matches([(1, nil, 0, 0), (1, nil, 1, 0), (1, nil, 0, 0)]) == [
        Match(record: 1, original: 0, distance: nil, crossesSplits: true),
        Match(record: 2, original: 1, distance: nil, crossesSplits: true),
      ])
  }

  @Test("a similar look is told up to the radius and not beyond it")
  func radius() throws {
    let images: [(UInt64, UInt64?, UInt16, UInt64)] = [
      (1, look, 0, 0), (2, look ^ 0b1111, 0, 0), (3, look ^ 0b11111 << 40, 0, 0),
    ]
    #expect(
      try matches(images) == [Match(record: 1, original: 0, distance: 4, crossesSplits: false)])
    #expect(try matches(images, radius: 3).isEmpty)
    #expect(try matches(images, radius: 5).count == 2)
  }

  @Test("the nearest earlier picture is named, and the same look before another")
  func nearest() throws {
    let images: [(UInt64, UInt64?, UInt16, UInt64)] = [
      (1, look ^ 0b111, 0, 0), (2, look ^ 0b1000, 0, 0), (3, look, 0, 0), (4, look, 0, 0),
    ]
    let found = try matches(images)
    #expect(found.map(\.original) == [0, 1, 2])
    #expect(found.map(\.distance) == [4, 1, 0])
  }

  @Test("kin are no duplicates of each other within a split, and are across splits")
  func kin() throws {
    let images: [(UInt64, UInt64?, UInt16, UInt64)] = [
      (1, look, 0, 8), (2, look ^ 1, 0, 8), (3, look, 0, 8), (4, look ^ 2, 1, 8),
    ]
    #expect(
      try matches(images) == [Match(record: 3, original: 0, distance: 1, crossesSplits: true)])
  }

  @Test("images without texture are no duplicates unless their pixels are the same")
  func flat() throws {
    #expect(try matches([(1, nil, 0, 0), (2, nil, 0, 0)]).isEmpty)
    #expect(try matches([(1, nil, 0, 0), (1, nil, 0, 0)]).count == 1)
  }

  @Test("a thousand similar frames are each told once")
  func many() throws {
    let frames = (0..<1000).map { (UInt64($0), look as UInt64?, UInt16(0), UInt64(0)) }
    let found = try matches(frames)
    #expect(found.count == 999)
    #expect(found.allSatisfy { $0.original == 0 && $0.distance == 0 })
  }
}
