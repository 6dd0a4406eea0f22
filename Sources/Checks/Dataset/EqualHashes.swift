/// Finds items with equal 64-bit keys among any number of items; takes 12 bytes an item.
struct EqualHashes {
  private var hashes: [UInt64] = []
  private var items: [UInt32] = []

  mutating func add(_ hash: UInt64, item: Int) {
    hashes.append(hash)
    items.append(UInt32(item))
  }

  /// All items that share their key with another, in the order in which they were added; groups are in the order
  /// of their first items.
  func groups() -> [[Int]] {
    let order = hashes.indices.sorted { (hashes[$0], $0) < (hashes[$1], $1) }
    var groups: [[Int]] = []
    var start = 0
    while start < order.count {
      var end = start + 1
      while end < order.count, hashes[order[end]] == hashes[order[start]] { end += 1 }
      if end - start > 1 { groups.append(order[start..<end].map { Int(items[$0]) }) }
      start = end
    }
    return groups.sorted { $0[0] < $1[0] }
  }
}
