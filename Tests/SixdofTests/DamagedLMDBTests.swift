import Foundation
import TestSupport
import Testing

/// LMDBs with damaged pages, given to every command that reads LMDBs.
@Suite("Damaged LMDBs, through the program")
struct DamagedLMDBTests {
  /// What is done to a file, by a name for messages.
  private static let damages: [(String, @Sendable (inout LMDBPages) -> Void)] = [
    ("page size 0", { $0[0, 40, as: UInt32.self] = 0 }),
    ("another page size", { $0[0, 40, as: UInt32.self] = 8192 }),
    ("last page", { $0[$0.meta, 136, as: UInt64.self] ^= 1 << 40 }),
    ("no last page", { $0[$0.meta, 136, as: UInt64.self] = .max }),
    ("root", { $0[$0.meta, 128, as: UInt64.self] = 1 << 50 }),
    ("a meta page as root", { $0[$0.meta, 128, as: UInt64.self] = 0 }),
    ("depth", { $0[$0.meta, 94, as: UInt16.self] += 1 }),
    ("a leaf's flags", { $0[$0.root, 10, as: UInt16.self] ^= 0x40 }),
    ("a leaf that says branch", { $0[$0.root, 10, as: UInt16.self] = 1 }),
    ("a leaf's bounds", { $0[$0.root, 12, as: UInt16.self] = 0xFFFF }),
    ("a node's offset", { $0[$0.root, 16, as: UInt16.self] = 0xFFFE }),
    ("a key's size", { $0[$0.root, $0.nodes($0.root)[0] + 6, as: UInt16.self] = 0xFFFF }),
    ("a value's size", { $0[$0.root, $0.nodes($0.root)[0], as: UInt32.self] = .max }),
    (
      "a value's page",
      {
        let node = $0.nodes($0.root)[0]
        let key = Int($0[$0.root, node + 6, as: UInt16.self])
        $0[$0.root, node + 8 + key, as: UInt64.self] = 1 << 60
      }
    ),
    ("the end", { $0.bytes.removeLast($0.bytes.count / 2) }),
    ("all but a page", { $0.bytes.removeLast($0.bytes.count - 4096) }),
  ]

  private static func commands(_ path: String, networks: Bool) -> [[String]] {
    let plain = [
      ["check", path], ["inspect", path, "--index", "0"], ["sheet", path, "--output", "s.png"],
      ["stats", path, "--output", "stats"],
    ]
    return networks
      ? plain + [["validate", path], ["infer", path, "--output", "i.jsonl"]] : plain
  }

  @Test(
    "each says what is wrong and where, and ends with 2 or 65", arguments: ["img2pose", "records"])
  func commands(layout: String) throws {
    try SyntheticSet.with(count: 2) { set in
      let build = try set.build("out", ["--layout", layout])
      #expect(build.status == 0, "\(build.errors)")
      let whole = try LMDBPages(file: "\(set.folder)/out.lmdb")
      func run(_ command: [String]) throws -> Program.Outcome {
        try Program.run(command, in: set.folder)
      }
      // 69 where there are no networks.
      let networks = try run(["validate", "out.lmdb"]).status != 69
      for (index, (name, change)) in Self.damages.enumerated() {
        var pages = whole
        change(&pages)
        try pages.write(to: "\(set.folder)/bad.lmdb")
        // A network takes its time to load, which a file that cannot be opened does not ask for.
        for command in Self.commands("bad.lmdb", networks: networks && index % 4 == 0) {
          let outcome = try run(command)
          let said = "\(name): \(command[0]): \(outcome.status)\n\(outcome.errors)"
          #expect([2, 65].contains(outcome.status), "\(said)")
          let words = outcome.errors + outcome.output
          #expect(words.contains("bad.lmdb: ") && words.contains("expected "), "\(said)")
        }
      }
    }
  }
}
