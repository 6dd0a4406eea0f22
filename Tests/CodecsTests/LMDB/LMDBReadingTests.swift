internal import CLMDB
internal import Codecs
internal import TestSupport
internal import Testing

@Suite("LMDB files, read as liblmdb reads them")
struct LMDBReadingTests {
  /// Keys of all lengths, values from none to several megabytes.
  private static func mixed(_ count: Int, seed: UInt64) -> [Entry] {
    var random = SeededRandom(seed: seed)
    var keys: Set<[UInt8]> = []
    while keys.count < count {
      let length = random.below(4) == 0 ? 1 + random.below(511) : 1 + random.below(12)
      keys.insert((0..<length).map { _ in UInt8(random.below(256)) })
    }
    return keys.sorted { $0.lexicographicallyPrecedes($1) }.enumerated().map { index, key in
      let sizes = [0, 1, 7, 100, 1000, 2030, 2040, 4080, 4081, 10_000, 300_000]
      let size = sizes[random.below(index % 50 == 0 ? sizes.count : sizes.count - 1)]
      return Entry(key: key, value: noise(size, seed: UInt64(index) + 1))
    }
  }

  @Test(
    "any number of entries in any order, some deleted and written again",
    arguments: [0, 1, 2, 40, 700])
  func library(count: Int) throws {
    try withTemporaryDirectory { folder in
      let path = "\(folder)/a.mdb"
      var random = SeededRandom(seed: UInt64(count) + 1)
      let entries = Self.mixed(count, seed: 5)
      let library = try LMDBLibrary(path)
      let shuffled = entries.shuffled(using: &random)
      for batch in 0..<5 {
        try library.write { transaction in
          for (index, entry) in shuffled.enumerated() where index % 5 == batch {
            try transaction.put(entry)
          }
        }
      }
      try expectEntries(try library.pairs(), in: path)
      #expect(try library.pairs() == entries)
      // A list of free pages, pages that are used again, and leaves that were joined.
      for share in [3, 2] {
        try library.write { transaction in
          for (index, entry) in shuffled.enumerated() where index % share == 1 {
            try? transaction.delete(entry.key)
          }
        }
        try expectEntries(try library.pairs(), in: path)
        try library.write { transaction in
          for (index, entry) in shuffled.enumerated() where index % 7 == 1 {
            try transaction.put(Entry(key: entry.key, value: noise(index * 11, seed: 9)))
          }
        }
        try expectEntries(try library.pairs(), in: path)
      }
      try library.write { transaction in
        for entry in try library.pairs() { try transaction.delete(entry.key) }
      }
      try expectEntries([], in: path)
    }
  }

  @Test("thousands of keys on several levels, and a value of megabytes")
  func levels() throws {
    try withTemporaryDirectory { folder in
      let path = "\(folder)/a.mdb"
      var entries = (0..<3000).map { index in
        // 400 bytes of key: few on a branch page.
        Entry(key: noise(400, seed: UInt64(index) + 1), value: noise(index % 90))
      }
      entries.append(Entry(key: [7], value: noise(5_000_001)))
      let library = try LMDBLibrary(path)
      try library.write { transaction in for entry in entries { try transaction.put(entry) } }
      #expect(try LMDBPages(file: path).depth >= 4)
      try expectEntries(entries, in: path)
    }
  }

  @Test(
    "pages of any size, whatever this system's",
    arguments: [512, 1024, 2048, 4096, 8192, 16384, 32768, 65536])
  func pageSizes(pageSize: Int) throws {
    try withTemporaryDirectory { folder in
      let path = "\(folder)/a.mdb"
      let entries = (0..<400).map { index in
        let key = Array("key-\(1000 + index)".utf8)
        let size = [0, 3, 50, 200, pageSize, 3 * pageSize][index % 47 == 0 ? 4 : index % 4]
        return Entry(key: key, value: noise(size + index % 5, seed: UInt64(index) + 1))
      }
      let made = LMDBPages(entries, pageSize: pageSize)
      try made.write(to: path)
      try expectEntries(entries, in: path)
      if pageSize == 4096 { #expect(try LMDBLibrary(path).pairs() == entries) }
      try LMDBPages([], pageSize: pageSize).write(to: path)
      try expectEntries([], in: path)
    }
  }

  @Test("a value may be read while another is in use")
  func nested() throws {
    try withTemporaryDirectory { folder in
      let path = "\(folder)/a.mdb"
      let entries = entries(40, ascending: true)
      try writeLMDB(entries, to: path, append: true)
      let reader = try LMDBReader(path: path)
      var found: [Entry] = []
      try reader.forEach { key, value in
        for other in entries {
          let value = try reader.withValue(of: other.key) { Array($0) }
          #expect(value == other.value)
        }
        found.append(Entry(key: Array(key), value: Array(value)))
        return true
      }
      #expect(found == entries)
    }
  }

  @Test("databases with a name of their own are said, and their entries are values")
  func named() throws {
    try withTemporaryDirectory { folder in
      let path = "\(folder)/a.mdb"
      let library = try LMDBLibrary(path)
      try library.write(database: "faces") { try $0.put(Entry(key: [1], value: [2])) }
      let reader = try LMDBReader(path: path)
      #expect(try reader.foreignValues() == "a database of its own named 'faces'")
      #expect(try reader.count() == 1)
      try expectEntries(try library.pairs(), in: path)
    }
  }

  @Test(
    "a main database of another order, or of several values a key, is said",
    arguments: [
      (MDB_DUPSORT, "several values a key"), (MDB_INTEGERKEY, "numbers as keys"),
      (MDB_REVERSEKEY, "keys compared from their ends"),
      (MDB_DUPSORT | MDB_DUPFIXED, "several values a key"),
    ])
  func flags(flag: CInt, words: String) throws {
    try withTemporaryDirectory { folder in
      let path = "\(folder)/a.mdb"
      try LMDBLibrary(path).write(flags: flag) {
        try $0.put(Entry(key: noise(8), value: [2]))
        try $0.put(Entry(key: noise(8), value: [3]))
      }
      let error = #expect(throws: UnreadableLMDB.self) { try LMDBReader(path: path) }
      #expect(error?.found.hasPrefix("one with \(words)") == true)
    }
  }
}
