internal import Codecs
internal import Schema

/// Which records of two files are of the same images, found by sorting their keys in temporary files.
struct RecordPairs {
  /// Rows (hash of 128 bits of the key, side and number of the record, its line in messages).
  private let keys = RowSorter()
  private static let secondBit: UInt64 = 1 << 63
  /// Of each record of the first file its entry, and of the second (byte and line of its place, or sample; entry; line in
  /// messages).
  private let first: RowFile
  private let second: RowFile
  private let isShard: Bool

  /// Rows (number in the second file, line in messages of the earlier one).
  private let repeated = RowSorter()
  /// Rows (entry of the first file, 0 for a counterpart's number or 1 for an earlier line, that).
  private let found = RowSorter()
  /// Rows of entries that the second file alone has.
  private let left = RowSorter()
  private var repeatedRows: SortedRows?
  private var counterparts: SortedRows?
  private var leftRows: SortedRows?
  private var nextFound: Row?
  private var nextLeft: Row?

  init(_ file: RecordFile) throws {
    (first, second, isShard) = (try RowFile(), try RowFile(), file.isShard)
  }

  /// What pairs are found by.
  struct Key: Sendable {
    private let hash: XXH128
    /// In messages.
    private let line: UInt64

    init(_ name: String, of record: ImageRecord) {
      hash = XXH128(of: name)
      line = UInt64(max(0, record.location.line ?? 0))
    }

    fileprivate func row(_ number: UInt64) -> Row { Row(hash.high, hash.low, number, line) }
  }

  /// Adds the next record of the first file.
  mutating func addFirst(_ key: Key, _ item: RecordPass.Item) throws {
    try keys.add(key.row(UInt64(first.count)))
    try first.append(Row(UInt64(item.entry), 0, 0, 0))
  }

  /// Adds the next record of the second file.
  mutating func addSecond(_ key: Key, _ item: RecordPass.Item) throws {
    let row = key.row(Self.secondBit | UInt64(second.count))
    try keys.add(row)
    let place: (UInt64, UInt64) =
      switch item.place {
      case .line(let mark): (UInt64(mark.position), UInt64(mark.line))
      case .sample(let index): (UInt64(index), 0)
      }
    try second.append(Row(place.0, place.1, UInt64(item.entry), row.w))
  }

  private func place(_ row: Row) -> RecordFile.Place {
    isShard
      ? .sample(Int(row.x)) : .line(RecordLines.Mark(position: Int(row.x), line: Int(row.y)))
  }

  /// Finds all pairs; to be called once, when all records were added.
  mutating func join() throws {
    var rows = try keys.sorted()
    // The first record of a key in each file.
    var (one, other): (Row?, Row?)
    func end() throws {
      guard let other else { return }
      let number = other.z & ~Self.secondBit
      if let one {
        try found.add(Row(try entry(one), 0, number, 0))
      } else {
        try left.add(Row(try second[Int(number)].z, 0, 0, 0))
      }
    }
    while let row = try rows.nextRow() {
      if let last = one ?? other, !row.hasKey(of: last) {
        try end()
        (one, other) = (nil, nil)
      }
      if row.z & Self.secondBit == 0 {
        if let one { try found.add(Row(try entry(row), 1, one.w, 0)) }
        one = one ?? row
      } else {
        if let other {
          try repeated.add(Row(row.z & ~Self.secondBit, other.w, 0, 0))
        }
        other = other ?? row
      }
    }
    try end()
    (repeatedRows, counterparts) = (try repeated.sorted(), try found.sorted())
    leftRows = try left.sorted()
    (nextFound, nextLeft) = (try counterparts?.nextRow(), try leftRows?.nextRow())
  }

  private func entry(_ row: Row) throws -> UInt64 {
    try first[Int(row.z)].x
  }

  /// The next record of the second file whose key came before in it: its number and place, and the earlier one's line.
  mutating func nextRepeated() throws -> (number: Int, place: RecordFile.Place, earlierLine: Int)? {
    guard let row = try repeatedRows?.nextRow() else { return nil }
    let number = Int(row.x)
    return (number, place(try second[number]), Int(row.y))
  }

  /// What belongs to an entry of the first file, asked for in their order: the second's record, or the line of an earlier
  /// record of its key; nil where the first file alone has it.
  mutating func counterpart(
    ofEntry entry: Int
  ) throws -> (place: RecordFile.Place?, earlierLine: Int?)? {
    while let row = nextFound, row.x < UInt64(entry) { nextFound = try counterparts?.nextRow() }
    guard let row = nextFound, row.x == UInt64(entry) else { return nil }
    guard row.y == 0 else { return (nil, Int(row.z)) }
    return (place(try second[Int(row.z)]), nil)
  }

  /// Whether the second file alone has an entry's key, asked for in their order.
  mutating func isLeft(entry: Int) throws -> Bool {
    while let row = nextLeft, row.x < UInt64(entry) { nextLeft = try leftRows?.nextRow() }
    return nextLeft?.x == UInt64(entry)
  }
}
