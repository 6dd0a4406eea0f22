internal import Codecs
internal import Datasets
internal import Schema

/// Which records belong together, as `RecordGroups` says it, found by sorting in temporary files. Memory grows only with
/// the names that records join, as one does that names a person and a photo.
struct GroupedRecords {
  /// Of each record its first name.
  private let names: Spool
  /// Rows (hash of 128 bits of that, 0, what belongs to the record).
  private let records: RowFile
  /// The names that are joined, and their numbers there.
  private var joined = JoinedNames()
  private var numbers: [XXH128: Int] = [:]

  init() throws {
    (names, records) = (try Spool(), try RowFile())
  }

  /// How many records were added.
  var count: Int { records.count }

  /// Adds the next record.
  ///
  /// - Parameters:
  ///   - keys: what `RecordGroups` says of it.
  ///   - own: a number that belongs to it.
  mutating func add(keys: [String], _ own: UInt64 = 0) throws {
    let hash = XXH128(of: keys[0])
    try names.append(keys[0].utf8)
    try records.append(Row(hash.high, hash.low, 0, own))
    guard keys.contains(where: { $0 != keys[0] }) else { return }
    let first = number(of: keys[0])
    for key in keys.dropFirst() { _ = joined.join(first, number(of: key)) }
  }

  private mutating func number(of key: String) -> Int {
    let hash = XXH128(of: key)
    if let number = numbers[hash] { return number }
    let number = joined.add(key)
    numbers[hash] = number
    return number
  }

  /// Rows (hash of the group, the record's number, what belongs to it), by group and then in the records' order.
  func sorted() throws -> SortedRows {
    let sorter = RowSorter()
    var reader = RowFile.Reader(records)
    var number: UInt64 = 0
    while var row = try reader.nextRow() {
      if !numbers.isEmpty, let key = numbers[XXH128(high: row.x, low: row.y)] {
        (row.x, row.y) = (0, UInt64(joined.root(of: key)))
      }
      row.z = number
      try sorter.add(row)
      number += 1
    }
    return try sorter.sorted()
  }

  /// The name of a record's group: the first of its names in alphabetical order.
  func name(ofRecord number: Int) throws -> String {
    let own = try names[number]
    if let key = numbers[XXH128(of: own)] { return joined[joined.root(of: key)] }
    return String(decoding: own, as: UTF8.self)
  }
}
