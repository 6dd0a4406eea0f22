internal import Codecs
internal import Foundation
internal import TestSupport
internal import Testing

@Suite("Damaged archives of datasets")
struct DamagedTreeTests {
  private static let numbers = [UInt8]((0..<3000).map { UInt8(truncatingIfNeeded: $0 * $0 / 7) })

  /// A small archive as the system's tools make it.
  private static func archive(_ packer: Packer) throws -> [UInt8] {
    try withTemporaryDirectory { folder in
      try Array("1 0 0\n0 1 0\n".utf8).write(to: "\(folder)/set/01/frame_00003_pose.txt")
      try numbers.write(to: "\(folder)/set/01/frame_00003_depth.bin")
      try packer.pack(["set"], in: folder)
      return try [UInt8](Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(packer.file)")))
    }
  }

  /// Everything a reader does with a tree.
  private static func readAll(_ path: String) throws -> Int {
    let tree = try FileTree(path: path)
    var walk = tree.walk()
    var (count, failures) = (0, 0)
    while let file = try walk.next() {
      count += 1
      // No damage makes more members than there are bytes for.
      guard count < 1000 else { break }
      do {
        _ = try tree.withBytes(of: file, limit: 1 << 16) { $0.reduce(0) { $0 &+ Int($1) } }
      } catch {
        failures += 1
      }
    }
    return failures
  }

  @Test(
    "10,000 mutated archives are read or refused, and none harms",
    arguments: [(Packer.stored, 3000), (.deflated, 4000), (.tar, 3000)])
  func mutations(packer: Packer, count: Int) throws {
    let whole = try Self.archive(packer)
    var random = SeededRandom(seed: UInt64(count))
    let words: [[UInt8]] = [
      [0xFF, 0xFF, 0xFF, 0xFF], [0, 0, 0, 0], [0, 0, 0, 0x80], [0x50, 0x4B, 1, 2],
      [0x50, 0x4B, 3, 4], [0x50, 0x4B, 5, 6], Array("777777".utf8), Array("../../x".utf8),
    ]
    var harmed = 0
    try withTemporaryDirectory { folder in
      let path = "\(folder)/\(packer.file)"
      let failures = try Self.readAllOf(whole, at: path)
      #expect(failures == 0)
      for _ in 0..<count {
        var file = whole
        for _ in 0...random.below(3) {
          // Headers are what is parsed: of a tar in front, of a zip in front and at the end.
          let from = packer == .tar || random.below(2) == 0 ? 0 : max(file.count - 300, 0)
          let extent = min(file.count - from, 1500)
          guard extent > 8 else { continue }
          switch random.below(5) {
          case 0: file.removeLast(random.below(file.count))
          case 1:
            let word = words[random.below(words.count)]
            let at = from + random.below(extent - 7)
            file.replaceSubrange(at..<at + word.count, with: word)
          case 2: file.insert(UInt8(random.below(256)), at: from + random.below(extent))
          default: file[from + random.below(extent)] ^= 1 << UInt8(random.below(8))
          }
        }
        do {
          if try Self.readAllOf(file, at: path) > 0 { harmed += 1 }
        } catch {
          harmed += 1
        }
      }
    }
    #expect(harmed > count / 5)
  }

  private static func readAllOf(_ bytes: [UInt8], at path: String) throws -> Int {
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    return try readAll(path)
  }
}
