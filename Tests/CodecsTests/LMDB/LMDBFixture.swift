internal import Codecs

/// One value of a test's file.
struct Entry: Equatable {
  var key: [UInt8]
  var value: [UInt8]
}

/// Entries of mixed sizes: some share a page, some have pages of their own.
///
/// - Parameter ascending: keys padded with zeros, or decimal ones, whose byte order is another.
func entries(_ count: Int, ascending: Bool) -> [Entry] {
  (0..<count).map { i in
    let digits = String(i)
    let padded = String(repeating: "0", count: 9 - digits.count) + digits
    let size = [10, 700, 5000, 60, 20_000, 0, 4096, 2500][i % 8] + i
    return Entry(
      key: Array((ascending ? padded : digits).utf8), value: noise(size, seed: UInt64(i) + 1))
  }
}

extension LMDBWriter {
  /// Puts one entry from memory.
  @discardableResult
  func put(_ entry: Entry) throws -> Outcome {
    try put(
      key: entry.key, count: entry.value.count, fill: { try $0.write(entry.value, at: 0) },
      isSame: { $0.elementsEqual(entry.value) })
  }
}

/// All pairs of a file in its own order.
func pairs(of path: String) throws -> [Entry] {
  var found: [Entry] = []
  try LMDBReader(path: path).forEach { key, value in
    found.append(Entry(key: Array(key), value: Array(value)))
    return true
  }
  return found
}

/// Writes a file without a disturbance.
func writeLMDB(
  _ entries: [Entry], to path: String, append: Bool, batchBytes: Int = 64 << 20
) throws {
  let writer = try LMDBWriter(path: path, append: append, resume: false, batchBytes: batchBytes)
  for entry in entries { try writer.put(entry) }
  try writer.finish()
}
