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

  @Test("equal keys are grouped in the order of their first items")
  func equal() {
    var hashes = EqualHashes()
    let keys: [UInt64] = [7, 3, 9, 3, 7, 3, 1]
    for (item, hash) in keys.enumerated() { hashes.add(hash, item: item * 10) }
    #expect(hashes.groups() == [[0, 40], [10, 30, 50]])
  }
}

@Suite("Duplicate images")
struct DuplicateImagesTests {
  private typealias Match = DuplicateImages.Match

  /// - Parameter images: pixels, perceptual hash, split and kin of each.
  private func matches(
    _ images: [(pixels: UInt64, look: UInt64?, split: UInt16, kin: UInt64)], radius: Int = 4
  ) -> [Match] {
    var duplicates = DuplicateImages()
    for (record, image) in images.enumerated() {
      duplicates.add(
        ImageFingerprint(pixels: image.pixels, perceptual: image.look), record: record,
        split: image.split, kin: image.kin)
    }
    return duplicates.matches(within: radius)
  }

  private let look: UInt64 = 0xAAAA_5555_CCCC_3333

  @Test("the same pixels are told once for each copy, the other split first")
  func exact() {
    #expect(
      matches([(1, look, 0, 0), (1, look, 0, 0), (2, ~look, 0, 0), (1, look, 1, 0)]) == [
        Match(record: 1, original: 0, distance: nil, crossesSplits: false),
        Match(record: 3, original: 0, distance: nil, crossesSplits: true),
      ])
    #expect(
      matches([(1, nil, 0, 0), (1, nil, 1, 0), (1, nil, 0, 0)]) == [
        Match(record: 1, original: 0, distance: nil, crossesSplits: true),
        Match(record: 2, original: 1, distance: nil, crossesSplits: true),
      ])
  }

  @Test("a similar look is told up to the radius and not beyond it")
  func radius() {
    let images: [(UInt64, UInt64?, UInt16, UInt64)] = [
      (1, look, 0, 0), (2, look ^ 0b1111, 0, 0), (3, look ^ 0b11111 << 40, 0, 0),
    ]
    #expect(
      matches(images) == [Match(record: 1, original: 0, distance: 4, crossesSplits: false)])
    #expect(matches(images, radius: 3).isEmpty)
    #expect(matches(images, radius: 5).count == 2)
  }

  @Test("the nearest earlier picture is named, and the same look before another")
  func nearest() {
    let images: [(UInt64, UInt64?, UInt16, UInt64)] = [
      (1, look ^ 0b111, 0, 0), (2, look ^ 0b1000, 0, 0), (3, look, 0, 0), (4, look, 0, 0),
    ]
    let found = matches(images)
    #expect(found.map(\.original) == [0, 1, 2])
    #expect(found.map(\.distance) == [4, 1, 0])
  }

  @Test("kin are no duplicates of each other within a split, and are across splits")
  func kin() {
    let images: [(UInt64, UInt64?, UInt16, UInt64)] = [
      (1, look, 0, 8), (2, look ^ 1, 0, 8), (3, look, 0, 8), (4, look ^ 2, 1, 8),
    ]
    #expect(
      matches(images) == [Match(record: 3, original: 0, distance: 1, crossesSplits: true)])
  }

  @Test("images without texture are no duplicates unless their pixels are the same")
  func flat() {
    #expect(matches([(1, nil, 0, 0), (2, nil, 0, 0)]).isEmpty)
    #expect(matches([(1, nil, 0, 0), (1, nil, 0, 0)]).count == 1)
  }

  @Test("a thousand similar frames are each told once")
  func many() {
    let frames = (0..<1000).map { (UInt64($0), look as UInt64?, UInt16(0), UInt64(0)) }
    let found = matches(frames)
    #expect(found.count == 999)
    #expect(found.allSatisfy { $0.original == 0 && $0.distance == 0 })
  }
}
