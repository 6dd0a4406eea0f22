internal import Codecs
internal import Foundation
internal import TestSupport
internal import Testing

@Suite("Unfinished LMDB files that are damaged")
struct LMDBDamagedRemainderTests {
  /// What is said of a file that is to be gone on with, after a change of what an interrupted run left.
  private func refusal(_ change: (inout LMDBPages) -> Void) throws -> String? {
    try withTemporaryDirectory { folder in
      let path = "\(folder)/x.lmdb"
      do {
        // Keys in another order than that of their bytes: pages are freed.
        let writer = try LMDBWriter(path: path, append: false, resume: false, batchBytes: 60_000)
        for entry in entries(120, ascending: false) { try writer.put(entry) }
      }
      var pages = try LMDBPages(file: path)
      change(&pages)
      try pages.write(to: path)
      do {
        _ = try LMDBWriter(path: path, append: false, resume: true)
        return nil
      } catch let error as DamagedRemainder {
        #expect(try [UInt8](file: path) == pages.bytes)
        return error.description.replacingOccurrences(of: folder + "/", with: "")
      }
    }
  }

  private func freeList(_ pages: LMDBPages) -> (page: Int, start: Int) {
    var page = Int(pages[pages.meta, 80, as: UInt64.self])
    while pages[page, 10, as: UInt16.self] == 1 {
      page = pages.child(page, pages.nodes(page)[0])
    }
    let node = pages.nodes(page)[0]
    return (page, node + 8 + Int(pages[page, node + 6, as: UInt16.self]))
  }

  @Test("a whole one is gone on with")
  func whole() throws { #expect(try refusal { _ in } == nil) }

  @Test("a damaged tree is refused, with the place")
  func tree() throws {
    let leaf = try refusal { $0[$0.pages(flags: 2)[0], 10, as: UInt16.self] = 0x42 }
    #expect(
      leaf?.hasSuffix(
        "expected a leaf page, found flags 0x42; what the interrupted run wrote was lost when the machine stopped"
      ) == true)
    #expect(leaf?.hasPrefix("x.lmdb: page ") == true)
    let size = try refusal { $0[1, 40, as: UInt32.self] = 0 }
    #expect(size?.hasPrefix("x.lmdb: page 1 (byte 4096): expected a page size") == true)
  }

  @Test("a list of free pages that are none is refused")
  func freePages() throws {
    for value: UInt64 in [0, 1, .max, 1 << 40] {
      let found = try refusal { pages in
        let (page, start) = freeList(pages)
        pages[page, start + 8, as: UInt64.self] = value
      }
      #expect(found?.contains(": free pages: expected page 2 to ") == true, "\(value)")
    }
    let count = try refusal { pages in
      let (page, start) = freeList(pages)
      pages[page, start, as: UInt64.self] = 1 << 20
    }
    #expect(count?.contains(": free pages: expected a list of at most ") == true)
    let used = try refusal { pages in
      let (page, start) = freeList(pages)
      pages[page, start, as: UInt64.self] = 1
      pages[page, start + 8, as: UInt64.self] = UInt64(pages.root)
    }
    #expect(used?.contains(": free pages: expected none that is in use, found page ") == true)
  }
}
