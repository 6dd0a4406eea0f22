internal import Codecs
internal import TestSupport
internal import Testing

@Suite("Resumed LMDB files")
struct LMDBResumeTests {
  private static let batchBytes = 60_000

  /// Writes the first entries and goes without an end, as a run that is killed.
  private func interrupt(
    _ entries: some Sequence<Entry>, _ path: String, append: Bool, resume: Bool = false
  ) throws {
    let writer = try LMDBWriter(
      path: path, append: append, resume: resume, batchBytes: Self.batchBytes)
    for entry in entries { try writer.put(entry) }
  }

  /// Goes on to the end; returns how many values were there already.
  private func resume(_ entries: [Entry], _ path: String, append: Bool) throws -> Int {
    let writer = try LMDBWriter(
      path: path, append: append, resume: true, batchBytes: Self.batchBytes)
    var kept = 0
    for entry in entries where try writer.put(entry) == .alreadyThere { kept += 1 }
    #expect(!writer.isReplaying)
    try writer.finish()
    return kept
  }

  @Test(
    "wherever a run ended, going on gives the bytes of a run that did not end",
    arguments: [true, false], [0, 1, 2, 7, 23, 24, 50, 99, 149, 150])
  func identical(append: Bool, point: Int) throws {
    try withTemporaryDirectory { folder in
      let entries = entries(150, ascending: append)
      let (whole, cut) = ("\(folder)/whole", "\(folder)/cut")
      try writeLMDB(entries, to: whole, append: append, batchBytes: Self.batchBytes)
      try interrupt(entries.prefix(point), cut, append: append)
      let kept = try resume(entries, cut, append: append)
      // All but the last batch was kept.
      #expect(kept <= point)
      if point >= 50 { #expect(kept > point - 25) }
      #expect(try [UInt8](file: cut) == [UInt8](file: whole))
    }
  }

  @Test("a run that ends again and again still gives the same bytes")
  func repeatedly() throws {
    try withTemporaryDirectory { folder in
      let entries = entries(150, ascending: false)
      let (whole, cut) = ("\(folder)/whole", "\(folder)/cut")
      try writeLMDB(entries, to: whole, append: false, batchBytes: Self.batchBytes)
      for point in [30, 10, 31, 80, 120, 149] {
        try interrupt(entries.prefix(point), cut, append: false, resume: true)
      }
      #expect(try resume(entries, cut, append: false) > 100)
      #expect(try [UInt8](file: cut) == [UInt8](file: whole))
    }
  }

  @Test("a finished file is gone through unchanged")
  func finished() throws {
    try withTemporaryDirectory { folder in
      let entries = entries(60, ascending: true)
      try writeLMDB(entries, to: "\(folder)/a", append: true, batchBytes: Self.batchBytes)
      let bytes = try [UInt8](file: "\(folder)/a")
      #expect(try resume(entries, "\(folder)/a", append: true) == 60)
      #expect(try [UInt8](file: "\(folder)/a") == bytes)
    }
  }

  @Test("resuming where nothing was begun, or before LMDB's first page, starts from empty")
  func nothingThere() throws {
    try withTemporaryDirectory { folder in
      let entries = entries(20, ascending: true)
      try writeLMDB(entries, to: "\(folder)/whole", append: true, batchBytes: Self.batchBytes)
      try write("", to: "\(folder)/empty")
      try [UInt8](repeating: 0, count: 100_000).write(to: "\(folder)/zeros")
      for name in ["none", "empty", "zeros"] {
        #expect(try resume(entries, "\(folder)/\(name)", append: true) == 0)
        #expect(try [UInt8](file: "\(folder)/\(name)") == [UInt8](file: "\(folder)/whole"))
      }
    }
  }

  @Test("a stored value is compared, not filled again")
  func compares() throws {
    try withTemporaryDirectory { folder in
      let path = "\(folder)/a"
      try writeLMDB([Entry(key: [1], value: [1, 2, 3])], to: path, append: true)
      let writer = try LMDBWriter(path: path, append: true, resume: true)
      #expect(writer.isReplaying)
      var seen: [UInt8] = []
      let outcome = try writer.put(
        key: [1], count: 3, fill: { _ in Issue.record("a stored value is not filled") },
        isSame: { stored in
          seen = Array(stored)
          return true
        })
      #expect(outcome == .alreadyThere)
      #expect(seen == [1, 2, 3])
      #expect(!writer.isReplaying)
    }
  }

  @Test("other bytes, another size, another key and fewer entries are refused, naming the entry")
  func otherContent() throws {
    try withTemporaryDirectory { folder in
      let path = "\(folder)/a"
      let stored = [
        Entry(key: Array("k0".utf8), value: [1, 2, 3]),
        Entry(key: Array("k1".utf8), value: [4, 5, 6]),
      ]
      try writeLMDB(stored, to: path, append: true)
      let others = [
        Entry(key: Array("k1".utf8), value: [4, 5, 7]),
        Entry(key: Array("k1".utf8), value: [4, 5]),
        Entry(key: Array("k2".utf8), value: [4, 5, 6]),
      ]
      for other in others {
        let writer = try LMDBWriter(path: path, append: true, resume: true)
        try writer.put(stored[0])
        let error = #expect(throws: ResumeError.self) { try writer.put(other) }
        #expect(error?.key == String(decoding: other.key, as: UTF8.self))
        #expect(error?.description.contains("expected what this run would write") == true)
      }
      let writer = try LMDBWriter(path: path, append: true, resume: true)
      try writer.put(stored[0])
      #expect(throws: ResumeError.self) { try writer.finish() }
      // Refusals leave the file as it was.
      #expect(try pairs(of: path) == stored)
    }
  }
}
