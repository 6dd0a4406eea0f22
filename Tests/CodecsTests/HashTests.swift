import Foundation
import TestSupport
import Testing

@testable import Codecs

@Suite("Hashes of samples and files")
struct HashTests {
  @Test("are those of xxhsum -H2, whole or piece by piece")
  func values() {
    #expect(XXH128(of: []).text == "99aa06d3014798d86001c324468d497f")
    #expect(XXH128(of: Array("abc".utf8)).text == "06b05ab6733a618578af5f94892f3950")
    let hash = RunningXXH128()
    let bytes = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 * $0) }
    for start in stride(from: 0, to: bytes.count, by: 777) {
      hash.add(Array(bytes[start..<min(start + 777, bytes.count)]))
    }
    #expect(hash.value == XXH128(of: bytes))
    hash.reset()
    #expect(hash.value == XXH128(of: []))
  }

  @Test("come in turns and are stored list after list", arguments: [1, 3, 1000])
  func table(lists: Int) throws {
    try withTemporaryDirectory { folder in
      let table = try HashTable(lists: lists)
      var random = SeededRandom(seed: 5)
      var expected = Array(repeating: [XXH128](), count: lists)
      for _ in 0..<20_000 {
        let hash = XXH128(high: random.next(), low: random.next())
        let list = Int(random.next() % UInt64(lists))
        expected[list].append(hash)
        try table.append(hash, to: list)
      }
      try table.write(to: "\(folder)/a.npy")
      let rows = try HashRows(path: "\(folder)/a.npy")
      #expect((0..<rows.count).map { rows[$0] } == expected.flatMap(\.self))
    }
  }

  @Test("an empty table has no rows, and another array is none")
  func otherArrays() throws {
    try withTemporaryDirectory { folder in
      try HashTable(lists: 2).write(to: "\(folder)/a.npy")
      #expect(try HashRows(path: "\(folder)/a.npy").count == 0)
      for (type, shape, size) in [("<u8", [2, 3], 48), ("<i8", [2, 2], 32), (">u8", [2, 2], 32)] {
        let bytes = NPY.file(type: type, shape: shape, data: Array(repeating: 0, count: size))
        try Data(bytes).write(to: URL(fileURLWithPath: "\(folder)/b.npy"))
        let error = #expect(throws: NPYError.self) { try HashRows(path: "\(folder)/b.npy") }
        #expect(error?.detail.hasPrefix("expected rows of two uint64, found") == true)
      }
    }
  }

  @Test("of a folder depend on names and contents alone")
  func folders() throws {
    try withTemporaryDirectory { folder in
      for name in ["one", "two"] {
        try write("x", to: "\(folder)/\(name)/b/c.json")
        try write("y", to: "\(folder)/\(name)/a.txt")
      }
      let one = try FileDigest(folder: "\(folder)/one")
      #expect(one.files == 2)
      #expect(one.bytes == 2)
      #expect(try one == FileDigest(folder: "\(folder)/two"))
      try write("z", to: "\(folder)/two/a.txt")
      #expect(try one != FileDigest(folder: "\(folder)/two"))
      let listing = try ["a.txt", "b/c.json"].map {
        "\(try FileDigest(file: "\(folder)/one/\($0)").hash.text)  \($0)\n"
      }.joined()
      #expect(one.hash == XXH128(of: Array(listing.utf8)))
    }
  }
}
