internal import Codecs
internal import Foundation
internal import TestSupport
internal import Testing

/// Each single bit of what a file says of itself, flipped.
///
/// LMDB's format has no checksums: the length of a value is believed as far as its pages, or the padding of its node, reach. All other
/// bits give an error, or the entries as they were.
@Suite("LMDB files with one bit flipped")
struct LMDBBitFlipTests {
  /// One file with what damages it, and what was in it.
  private struct Campaign {
    let path: String
    let pages: LMDBPages
    let expected: [Entry]
    let descriptor: Int32

    /// Reads all in both ways.
    func read() throws -> [Entry] {
      let reader = try LMDBReader(path: path)
      var found: [Entry] = []
      try reader.forEach { key, value in
        found.append(Entry(key: Array(key), value: Array(value)))
        return true
      }
      for entry in expected {
        let value = try reader.withValue(of: entry.key) { Array($0) }
        // What a look-up finds is what a walk finds.
        let walked = found.first { $0.key == entry.key }
        #expect(value == walked?.value)
      }
      return found
    }

    /// - Returns: what was read where it differs from what was there.
    func flip(_ byte: Int, _ bit: Int) throws -> [Entry]? {
      var value = pages.bytes[byte] ^ (1 << UInt8(bit))
      pwrite(descriptor, &value, 1, off_t(byte))
      defer {
        var value = pages.bytes[byte]
        pwrite(descriptor, &value, 1, off_t(byte))
      }
      do {
        let found = try read()
        return found == expected ? nil : found
      } catch let error as DamagedLMDB {
        #expect(error.detail.contains("expected"), "\(error)")
        #expect(error.offset == error.page * pages.pageSize, "\(error)")
      } catch is TruncatedLMDB {
      } catch is UnreadableLMDB {
      } catch is LMDBError {}
      return nil
    }
  }

  private func campaign(_ pages: LMDBPages, _ body: (Campaign) throws -> Void) throws {
    try withTemporaryDirectory { folder in
      let path = "\(folder)/x.lmdb"
      try pages.write(to: path)
      let descriptor = open(path, O_WRONLY)
      defer { close(descriptor) }
      try body(
        Campaign(
          path: path, pages: pages, expected: try pairs(of: path), descriptor: descriptor))
    }
  }

  private func flipAll(_ campaign: Campaign) throws {
    let pages = campaign.pages
    func flip(_ page: Int, _ range: Range<Int>) throws {
      for byte in range {
        for bit in 0..<8 {
          let isSame = try campaign.flip(page * pages.pageSize + byte, bit) == nil
          #expect(isSame, "page \(page), byte \(byte), bit \(bit)")
        }
      }
    }
    for page in 0..<2 { try flip(page, 0..<152) }
    let tree = pages.pages(flags: 1) + pages.pages(flags: 2)
    for page in tree + pages.pages(flags: 4) { try flip(page, 0..<16) }
    for page in tree {
      let isLeaf = pages[page, 10, as: UInt16.self] == 2
      for (index, node) in pages.nodes(page).enumerated() {
        try flip(page, 16 + 2 * index..<18 + 2 * index)
        try flip(page, node + 4..<node + 6)
        if isLeaf { try flipSizes(page, node, campaign) } else { try flip(page, node..<node + 8) }
        guard pages[page, node + 4, as: UInt16.self] == 1, isLeaf else { continue }
        // The number of a value's page.
        let start = node + 8 + Int(pages[page, node + 6, as: UInt16.self])
        try flip(page, start..<start + 8)
      }
    }
  }

  /// A value's and a key's length: at most their own entry is another.
  private func flipSizes(_ page: Int, _ node: Int, _ campaign: Campaign) throws {
    for byte in [0, 1, 2, 3, 6, 7] {
      for bit in 0..<8 {
        guard let found = try campaign.flip(page * campaign.pages.pageSize + node + byte, bit)
        else { continue }
        let same = found.filter { campaign.expected.contains($0) }
        #expect(found.count == campaign.expected.count)
        #expect(same.count >= found.count - 1, "page \(page), byte \(node + byte), bit \(bit)")
      }
    }
  }

  @Test("small pages on three levels, values with and without pages of their own")
  func small() throws {
    let entries = (0..<22).map { index in
      Entry(
        key: Array("k\(100 + index)".utf8) + noise(110, seed: UInt64(index) + 1),
        value: noise(index % 9 == 0 ? 300 + 60 * index : index % 40, seed: UInt64(index) + 1))
    }
    let pages = LMDBPages(entries, pageSize: 512)
    #expect(pages.depth == 3)
    try campaign(pages) { try flipAll($0) }
  }

  @Test("a file of ours, written in several transactions")
  func ours() throws {
    try withTemporaryDirectory { folder in
      let path = "\(folder)/a.lmdb"
      try writeLMDB(entries(7, ascending: true), to: path, append: true, batchBytes: 15_000)
      let pages = try LMDBPages(file: path)
      #expect(pages[pages.meta, 144, as: UInt64.self] > 2)
      try campaign(pages) { try flipAll($0) }
    }
  }
}
