internal import Codecs
internal import Foundation
internal import TestSupport
internal import Testing

@Suite("Damaged LMDB files")
struct LMDBDamageTests {
  /// What is said of a file after a change; nil where all of it is read.
  private func fault(_ change: (inout LMDBPages) -> Void) throws -> String? {
    try withTemporaryDirectory { folder in
      let path = "\(folder)/x.lmdb"
      try writeLMDB(entries(300, ascending: true), to: path, append: true)
      var pages = try LMDBPages(file: path)
      change(&pages)
      try pages.write(to: path)
      do {
        _ = try pairs(of: path)
        return nil
      } catch {
        return "\(error)".replacingOccurrences(of: folder + "/", with: "")
      }
    }
  }

  @Test("a whole file has no fault")
  func whole() throws { #expect(try fault { _ in } == nil) }

  @Test("page sizes that are none", arguments: [0, 1, 256, 4095, 131_072, UInt32.max])
  func pageSize(size: UInt32) throws {
    #expect(
      try fault { $0[0, 40, as: UInt32.self] = size }
        == "x.lmdb: page 0 (byte 0): expected a page size that is a power of two from 512 to 65536, found \(size)"
    )
  }

  @Test("a second meta page that is none, or of another file")
  func secondMeta() throws {
    #expect(
      try fault { $0[1, 16, as: UInt32.self] = 7 }
        == "x.lmdb: page 1 (byte 4096): expected the magic number 0xBEEFC0DE, found 0x7")
    #expect(
      try fault { $0[1, 10, as: UInt16.self] = 2 }
        == "x.lmdb: page 1 (byte 4096): expected a meta page, found flags 0x2")
    #expect(
      try fault { $0[0, 40, as: UInt32.self] = 8192 }?.hasPrefix("x.lmdb: page 1 (byte 8192): ")
        == true)
  }

  @Test("a last page beyond the file, or beyond all numbers", arguments: [20, 40, 50, 62, 63])
  func lastPage(bit: Int) throws {
    let found = try fault { $0[$0.meta, 136, as: UInt64.self] |= 1 << UInt64(bit) }
    #expect(
      found?.contains(bit < 60 ? "the file is truncated" : "last page: expected") == true)
  }

  @Test("roots, levels and entries that cannot be")
  func meta() throws {
    func meta(_ offset: Int, _ value: UInt64) throws -> String {
      try fault { $0[$0.meta, offset, as: UInt64.self] = value } ?? ""
    }
    for root: UInt64 in [0, 1, 1 << 40, .max - 1] {
      #expect(try meta(128, root).contains("root of the main tree: expected page 2 to"))
    }
    #expect(try meta(128, .max).contains("expected 0 levels and entries without a root"))
    #expect(try meta(120, 0).contains("entries of the main tree: expected 1 to"))
    #expect(try meta(120, 1 << 60).contains("entries of the main tree: expected 1 to"))
    #expect(try meta(120, 299).hasSuffix("entries of its tree: expected 299, found 300"))
    let levels = try fault { $0[$0.meta, 94, as: UInt16.self] = 40 }
    #expect(levels?.hasSuffix("levels of the main tree: expected 1 to 32, found 40") == true)
    let deeper = try fault { $0[$0.meta, 94, as: UInt16.self] += 1 }
    #expect(deeper?.hasSuffix("expected a branch page, found flags 0x2") == true)
  }

  @Test("flags, bounds and numbers of pages")
  func headers() throws {
    for (flags, other) in [(UInt16(2), UInt16(0x42)), (2, 1), (2, 4), (1, 2), (1, 0x41), (4, 2)] {
      let found = try fault { $0[$0.pages(flags: flags)[0], 10, as: UInt16.self] = other }
      let kind = [1: "a branch page", 2: "a leaf page", 4: "a value's page"][flags] ?? ""
      #expect(
        found?.hasSuffix("expected \(kind), found flags 0x\(String(other, radix: 16))") == true)
    }
    for (flags, offset, value) in [
      (UInt16(2), 12, UInt16(0)), (2, 12, 17), (2, 12, 0xFFFE), (2, 14, 0), (2, 14, 4098),
      (1, 12, 16), (1, 12, 18), (1, 14, 0xFFFE), (2, 16, 0), (2, 16, 4094), (2, 16, 0xFFFF),
    ] {
      let found = try fault { $0[$0.pages(flags: flags)[0], offset, as: UInt16.self] = value }
      #expect(found?.contains(": expected ") == true, "\(flags) \(offset) \(value)")
    }
    for flags: UInt16 in [1, 2, 4] {
      let found = try fault { $0[$0.pages(flags: flags)[0], 0, as: UInt64.self] += 1 }
      #expect(found?.contains("expected the page's number, found ") == true)
    }
    for count: UInt32 in [0, 1, 1000, .max] {
      let found = try fault { pages in
        let first = pages.pages(flags: 4).first { pages[$0, 12, as: UInt32.self] > 1 }
        pages[first ?? 0, 12, as: UInt32.self] = count
      }
      #expect(found?.contains("pages of the value, found \(count)") == true)
    }
  }

  @Test("nodes that point out of the file, or to each other")
  func nodes() throws {
    func branch(_ node: Int, to page: Int) throws -> String? {
      try fault { pages in
        let root = pages.root
        pages[root, pages.nodes(root)[node], as: UInt32.self] = UInt32(page < 0 ? root : page)
      }
    }
    for page in [0, 1, 1 << 30] {
      #expect(try branch(0, to: page)?.contains("node 0: page below: expected 2 to") == true)
    }
    // A loop.
    #expect(
      try branch(0, to: -1)?.hasSuffix("expected one way to this page, found a second one") == true)
    let twice = try fault { pages in
      let (root, nodes) = (pages.root, pages.nodes(pages.root))
      pages[root, nodes[1], as: UInt32.self] = pages[root, nodes[0], as: UInt32.self]
    }
    #expect(twice?.hasSuffix("expected one way to this page, found a second one") == true)
    let value = try fault { pages in
      for leaf in pages.pages(flags: 2) {
        for node in pages.nodes(leaf) where pages[leaf, node + 4, as: UInt16.self] == 1 {
          let key = Int(pages[leaf, node + 6, as: UInt16.self])
          pages[leaf, node + 8 + key, as: UInt64.self] = 1 << 40
        }
      }
    }
    #expect(value?.contains("pages from 2 to") == true)
    let keys = try fault { pages in
      let leaf = pages.pages(flags: 2)[1]
      let nodes = pages.nodes(leaf)
      let first = pages[leaf, 16, as: UInt16.self]
      pages[leaf, 16, as: UInt16.self] = UInt16(nodes[1])
      pages[leaf, 18, as: UInt16.self] = first
    }
    #expect(keys?.hasSuffix("node 1: expected a key after the one before, found none such") == true)
    let order = try fault { pages in
      let (root, nodes) = (pages.root, pages.nodes(pages.root))
      let first = pages[root, nodes[0], as: UInt32.self]
      pages[root, nodes[0], as: UInt32.self] = pages[root, nodes[1], as: UInt32.self]
      pages[root, nodes[1], as: UInt32.self] = first
    }
    #expect(order?.contains("expected keys before the next page's") == true)
  }

  @Test("a file that ends anywhere is said to, and nothing is read beyond")
  func truncation() throws {
    try withTemporaryDirectory { folder in
      let path = "\(folder)/x.lmdb"
      try writeLMDB(entries(40, ascending: true), to: path, append: true)
      let bytes = try [UInt8](file: path)
      for end in stride(from: 0, to: bytes.count, by: 512) {
        try Array(bytes.prefix(end)).write(to: path)
        #expect(throws: (any Error).self, "\(end)") { try pairs(of: path) }
      }
    }
  }
}
