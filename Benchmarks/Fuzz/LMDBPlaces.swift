/// Where an LMDB file says something of itself, and where its values are: found without belief in any of it.
struct LMDBPlaces {
  /// Offsets and widths of fields.
  private(set) var fields: [(offset: Int, width: Int)] = []
  /// Values' bytes.
  private(set) var values: [Range<Int>] = []

  private let file: [UInt8]

  init(_ file: [UInt8]) {
    self.file = file
    let pageSize = number(40, 4)
    guard pageSize >= 512, file.count >= 2 * pageSize else { return }
    for page in 0..<2 {
      let meta: [(Int, Int)] = [(10, 2), (16, 4), (20, 4), (40, 4), (44, 2), (46, 2), (80, 8)]
      let main: [(Int, Int)] = [(92, 2), (94, 2), (120, 8), (128, 8), (136, 8), (144, 8)]
      fields += (meta + main).map { (page * pageSize + $0.0, $0.1) }
    }
    for page in 2..<max(2, file.count / pageSize) {
      let start = page * pageSize
      fields += [(0, 8), (8, 2), (10, 2), (12, 2), (14, 2)].map { (start + $0.0, $0.1) }
      let kind = number(start + 10, 2)
      guard kind & 3 != 0 else { continue }
      let count = max(0, min((number(start + 12, 2) - 16) / 2, (pageSize - 16) / 2))
      for index in 0..<count {
        fields.append((start + 16 + 2 * index, 2))
        let node = start + number(start + 16 + 2 * index, 2)
        guard node + 16 <= file.count else { continue }
        fields += [(0, 2), (2, 2), (4, 2), (6, 2)].map { (node + $0.0, $0.1) }
        let content = node + 8 + number(node + 6, 2)
        let size = number(node, 4)
        var value = content..<content
        if number(node + 4, 2) & 1 == 1 {
          fields.append((content, 8))
          let first = number(content, 4) * pageSize + 16
          value = first..<(first + size)
        } else if kind & 2 != 0 {
          value = content..<(content + size)
        }
        if value.upperBound <= file.count, !value.isEmpty { values.append(value) }
      }
    }
  }

  private func number(_ offset: Int, _ width: Int) -> Int {
    guard offset + width <= file.count else { return 0 }
    return (0..<width).reduce(0) { $0 | Int(file[offset + $1]) << (8 * $1) }
  }
}
