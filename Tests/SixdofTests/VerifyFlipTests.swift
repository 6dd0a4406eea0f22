import Codecs
import Foundation
import TestSupport
import Testing

/// Bits flipped one at a time in the files of an output.
private struct BitFlips {
  let set: SyntheticSet
  private var random: SeededRandom

  init(_ set: SyntheticSet, seed: UInt64) { (self.set, random) = (set, SeededRandom(seed: seed)) }

  struct Flip {
    var file: String
    var byte: Int
    var bit: Int
  }

  /// Flips one bit of a file, verifies the output and puts the bit back.
  ///
  /// - Parameter look: is given outcome and flip while the file is damaged.
  mutating func flip(
    in suffix: String, of name: String, _ look: (Program.Outcome, Flip) throws -> Void
  ) throws {
    let path = "\(set.folder)/\(name)\(suffix)"
    let handle = try FileHandle(forUpdating: URL(fileURLWithPath: path))
    defer { try? handle.close() }
    let size = Int(try handle.seekToEnd())
    let flip = Flip(
      file: suffix, byte: Int(random.next() % UInt64(size)), bit: Int(random.next() % 8))
    try toggle(flip, handle)
    try look(set.verify(name), flip)
    try toggle(flip, handle)
  }

  private func toggle(_ flip: Flip, _ handle: FileHandle) throws {
    try handle.seek(toOffset: UInt64(flip.byte))
    let byte = try #require(try handle.read(upToCount: 1)?.first)
    try handle.seek(toOffset: UInt64(flip.byte))
    try handle.write(contentsOf: Data([byte ^ (1 << UInt8(flip.bit))]))
  }
}

/// SIXDOF_LONG=1 asks for the long form.
private let isLong = ProcessInfo.processInfo.environment["SIXDOF_LONG"] == "1"

@Suite("verify, with one bit flipped", .serialized)
struct VerifyFlipTests {
  @Test(
    "each is found in every file of an output with --checksum", arguments: ["img2pose", "records"])
  func everyFlip(layout: String) throws {
    try SyntheticSet.with(count: 10, options: ["--size", "96x64"]) { set in
      try set.editLabel { $0[1] = "1 2 3" }
      let options = ["--checksum", "--records", "--layout", layout]
      #expect(try set.build("train", options).status == 2)
      var flips = BitFlips(set, seed: 13)
      var (tried, found) = (0, 0)
      for suffix in try set.outputs("train").keys.sorted() {
        // Half of all are in the LMDB, which has nearly all bytes.
        let count = (suffix == ".lmdb" ? 6 : 1) * (isLong ? 42 : 4)
        for _ in 0..<count {
          try flips.flip(in: suffix, of: "train") { outcome, flip in
            tried += 1
            if outcome.status == 2, outcome.output.contains("train\(suffix): ") { found += 1 }
            #expect(outcome.status == 2, "\(flip): \(outcome.output) \(outcome.errors)")
          }
        }
      }
      print("found \(found) of \(tried) flipped bits, layout \(layout)")
      #expect(found == tried)
      try set.expectWhole("train")
    }
  }

  @Test("without --checksum those that are not found change nothing that a reader of the LMDB sees")
  func unseenFlips() throws {
    try SyntheticSet.with(count: 10, options: ["--size", "160x120", "--noise", "20"]) { set in
      #expect(try set.build("train").status == 0)
      let path = "\(set.folder)/train.lmdb"
      let whole = try pairs(of: path)
      var flips = BitFlips(set, seed: 14)
      var missed = 0
      let count = isLong ? 1000 : 60
      for _ in 0..<count {
        try flips.flip(in: ".lmdb", of: "train") { outcome, flip in
          #expect([0, 2].contains(outcome.status), "\(flip): \(outcome.errors)")
          guard outcome.status == 0 else { return }
          missed += 1
          #expect(outcome.output.contains("of LMDB files outside of samples"))
          let seen = try pairs(of: path)
          #expect(seen == whole, "\(flip)")
        }
      }
      print("found \(count - missed) of \(count) flipped bits of an LMDB without --checksum")
    }
  }

  private func pairs(of path: String) throws -> [[UInt8]] {
    var found: [[UInt8]] = []
    try LMDBReader(path: path).forEach { key, value in
      found += [Array(key), Array(value)]
      return true
    }
    return found
  }
}
