internal import Codecs
internal import TestSupport
internal import Testing

@Suite("LMDB files")
struct LMDBTests {
  @Test(
    "what is written is read, in byte order of the keys, with appended and with mixed keys",
    arguments: [true, false], [1, 50_000, 64 << 20])
  func roundTrip(append: Bool, batchBytes: Int) throws {
    try withTemporaryDirectory { folder in
      let path = "\(folder)/a.lmdb"
      let entries = entries(120, ascending: append)
      try writeLMDB(entries, to: path, append: append, batchBytes: batchBytes)
      let sorted = entries.sorted { $0.key.lexicographicallyPrecedes($1.key) }
      #expect((sorted == entries) == append)
      #expect(try pairs(of: path) == sorted)
      let reader = try LMDBReader(path: path)
      #expect(try reader.count() == 120)
      for entry in entries {
        #expect(try reader.withValue(of: entry.key) { Array($0) } == entry.value)
      }
    }
  }

  @Test("a value larger than a batch is stored whole, between small ones")
  func largeValue() throws {
    try withTemporaryDirectory { folder in
      let path = "\(folder)/a.lmdb"
      let entries = [
        Entry(key: [1], value: [1]), Entry(key: [2], value: noise(3_000_000)),
        Entry(key: [3], value: [3]),
      ]
      try writeLMDB(entries, to: path, append: true, batchBytes: 100_000)
      #expect(try pairs(of: path) == entries)
    }
  }

  @Test("a finished file has no reserved room left: it ends with its last page")
  func size() throws {
    try withTemporaryDirectory { folder in
      let path = "\(folder)/a.lmdb"
      try writeLMDB([Entry(key: [1], value: noise(10_000))], to: path, append: true)
      // Two meta pages, a leaf and three pages of the value.
      #expect(try [UInt8](file: path).count == 6 * 4096)
    }
  }

  @Test("a file without a value is valid and empty")
  func empty() throws {
    try withTemporaryDirectory { folder in
      let path = "\(folder)/a.lmdb"
      try writeLMDB([], to: path, append: true)
      #expect(try LMDBReader(path: path).count() == 0)
      #expect(try pairs(of: path).isEmpty)
      #expect(try LMDBReader(path: path).withValue(of: [1]) { $0.count } == nil)
    }
  }

  @Test("equal entries give equal bytes; without resume an old file is replaced")
  func deterministic() throws {
    try withTemporaryDirectory { folder in
      let some = entries(60, ascending: true)
      try writeLMDB(some, to: "\(folder)/a", append: true, batchBytes: 40_000)
      try writeLMDB(entries(90, ascending: false), to: "\(folder)/b", append: false)
      try writeLMDB(some, to: "\(folder)/b", append: true, batchBytes: 40_000)
      #expect(try [UInt8](file: "\(folder)/a") == [UInt8](file: "\(folder)/b"))
    }
  }

  @Test("a visit ends where the visitor says so, and its error comes through")
  func visit() throws {
    try withTemporaryDirectory { folder in
      let path = "\(folder)/a.lmdb"
      try writeLMDB(entries(20, ascending: true), to: path, append: true)
      let reader = try LMDBReader(path: path)
      var visits = 0
      try reader.forEach { _, _ in
        visits += 1
        return visits < 5
      }
      #expect(visits == 5)
      #expect(throws: CancellationError.self) {
        try reader.forEach { _, _ in throw CancellationError() }
      }
      #expect(try reader.count() == 20)
    }
  }

  @Test("a key given twice, or out of the promised order, is an error", arguments: [true, false])
  func repeatedKey(append: Bool) throws {
    try withTemporaryDirectory { folder in
      let writer = try LMDBWriter(path: "\(folder)/a", append: append, resume: false)
      try writer.put(Entry(key: [5], value: [1]))
      #expect(throws: LMDBError.self) { try writer.put(Entry(key: [5], value: [2])) }
      guard append else { return }
      #expect(throws: LMDBError.self) { try writer.put(Entry(key: [4], value: [2])) }
    }
  }

  @Test("missing, text and cut files are errors", arguments: ["none", "text", "cut"])
  func noFile(name: String) throws {
    try withTemporaryDirectory { folder in
      try write(String(repeating: "no database\n", count: 1000), to: "\(folder)/text")
      try writeLMDB(entries(3, ascending: true), to: "\(folder)/cut", append: true)
      try Array([UInt8](file: "\(folder)/cut").prefix(100)).write(to: "\(folder)/cut")
      let error = #expect(throws: LMDBError.self) { try LMDBReader(path: "\(folder)/\(name)") }
      #expect(error?.description.hasPrefix("\(folder)/\(name): mdb_env_open: ") == true)
      #expect(throws: FileError.self) {
        try LMDBWriter(path: "\(folder)/no/a", append: true, resume: false)
      }
    }
  }
}

@Suite("Images in LMDB files")
struct StoredImageTests {
  @Test(
    "an image's bytes stand between what was written around them",
    arguments: [(8, false), (8, true), (300, false), (300, true)])
  func copies(side: Int, isArchive: Bool) throws {
    try withTemporaryDirectory { folder in
      var picture = PixelImage(width: side, height: side)
      picture.pixels = noise(side * side * 3)
      let bytes = picture.png()
      // The small one shares its page with others, the large one has its own.
      #expect((bytes.count > 4096) == (side == 300))
      try bytes.write(to: "\(folder)/x.png")
      try runTool("/usr/bin/zip", "-q", "x.zip", "x.png", in: folder)
      let store = try ImageStore(
        path: isArchive ? "\(folder)/x.zip" : folder, maximumBytes: 1 << 24)
      let image = try store.open("x.png", with: ImageHeaderReader())
      let path = "\(folder)/a.lmdb"
      let writer = try LMDBWriter(path: path, append: true, resume: false)
      let buffer = PieceBuffer()
      for key in UInt8(0)..<3 {
        _ = try writer.put(
          key: [key], count: image.count + 5,
          fill: { room in
            #expect(room.count == image.count + 5)
            try room.write([key, 2], at: 0)
            try image.forEachPiece(through: buffer) { try room.write($0, at: 2 + $1) }
            try room.write([3, 4, 5], at: 2 + image.count)
          },
          isSame: { _ in false })
      }
      try writer.finish()
      #expect(
        try pairs(of: path)
          == (0..<3).map { Entry(key: [$0], value: [$0, 2] + bytes + [3, 4, 5]) })
    }
  }

  @Test("an image that became shorter after it was opened is an error", arguments: [100, 30_000])
  func shortened(rest: Int) throws {
    try withTemporaryDirectory { folder in
      var picture = PixelImage(width: 150, height: 150)
      picture.pixels = noise(150 * 150 * 3)
      let bytes = picture.png()
      try bytes.write(to: "\(folder)/x.png")
      let store = try ImageStore(path: folder, maximumBytes: 1 << 24)
      let image = try store.open("x.png", with: ImageHeaderReader())
      try runTool("/usr/bin/truncate", "-s", "\(rest)", "x.png", in: folder)
      let writer = try LMDBWriter(path: "\(folder)/a.lmdb", append: true, resume: false)
      let error = #expect(throws: FileError.self) {
        try writer.put(
          key: [1], count: image.count,
          fill: { room in
            try image.forEachPiece(through: PieceBuffer()) { try room.write($0, at: $1) }
          },
          isSame: { _ in false })
      }
      #expect(error?.description.contains("became shorter during the run") == true)
      #expect(throws: FileError.self) { try image.bytes() }
    }
  }
}
