import TestSupport
import Testing

@testable import Codecs

@Suite("Rows and their sorting")
struct RowSorterTests {
  private func rows(_ count: Int, seed: UInt64) -> [Row] {
    var random = SeededRandom(seed: seed)
    // Few different numbers, so that all four decide.
    return (0..<count).map { _ in
      Row(
        UInt64(random.below(3)), random.below(2) == 0 ? .max : 0, UInt64(random.below(4)),
        UInt64(random.below(50)))
    }
  }

  private func sort(_ rows: [Row], memory: Int) throws -> [[UInt64]] {
    let sorter = RowSorter(memory: memory)
    for row in rows { try sorter.add(row) }
    #expect(sorter.count == rows.count)
    var sorted = try sorter.sorted()
    var found: [[UInt64]] = []
    while let row = try sorted.nextRow() { found.append([row.x, row.y, row.z, row.w]) }
    #expect(sorter.count == 0)
    return found
  }

  @Test(
    "all rows come in ascending order, from memory, from runs, and from more runs than are merged at once",
    arguments: [0, 1, 2, 7, 100, 1500], [2, 3, 64, 1000])
  func order(count: Int, memory: Int) throws {
    let rows = rows(count, seed: UInt64(count))
    let expected = rows.map { [$0.x, $0.y, $0.z, $0.w] }.sorted { $0.lexicographicallyPrecedes($1) }
    #expect(try sort(rows, memory: memory) == expected)
  }

  @Test("a sorter can be filled again")
  func again() throws {
    let sorter = RowSorter(memory: 2)
    for round in 0..<3 {
      for i in 0..<5 { try sorter.add(Row(UInt64(9 - i), 0, 0, UInt64(round))) }
      var sorted = try sorter.sorted()
      var found: [UInt64] = []
      while let row = try sorted.nextRow() {
        #expect(row.w == UInt64(round))
        found.append(row.x)
      }
      #expect(found == [5, 6, 7, 8, 9])
    }
  }

  @Test("rows are read by their numbers, written or not")
  func file() throws {
    let file = try RowFile()
    for i in 0..<20_000 { try file.append(Row(UInt64(i), 1, 2, 3)) }
    #expect(try file.rows(8190..<8194).map(\.x) == [8190, 8191, 8192, 8193])
    #expect(try file.rows(19_999..<20_000)[0] == Row(19_999, 1, 2, 3))
    var reader = RowFile.Reader(file, 5..<12_000)
    var next: UInt64 = 5
    while let row = try reader.nextRow() {
      #expect(row.x == next)
      next += 1
    }
    #expect(next == 12_000)
  }

  @Test("a spool gives each of many values back, in any order, and all as one piece")
  func spool() throws {
    let spool = try Spool()
    let values = (0..<3000).map { [UInt8](repeating: UInt8($0 & 255), count: $0 % 7) }
    for (i, value) in values.enumerated() { #expect(try spool.append(value) == i) }
    #expect(spool.count == values.count)
    var random = SeededRandom(seed: 1)
    for _ in 0..<2000 {
      let i = random.below(values.count)
      #expect(try spool[i] == values[i])
    }
    for i in values.indices { #expect(try spool[i] == values[i]) }
    #expect(try spool.bytes(0..<spool.size) == Array(values.joined()))
  }
}
