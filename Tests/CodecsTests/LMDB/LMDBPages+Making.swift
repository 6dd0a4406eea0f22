internal import TestSupport

extension LMDBPages {
  /// A file of these entries, made byte by byte, as LMDB writes it where pages have another size than here.
  init(_ entries: [Entry], pageSize: Int) {
    self.init(bytes: [UInt8](repeating: 0, count: 2 * pageSize), pageSize: pageSize)
    // LMDB has at least two nodes on a page.
    let greatest = (pageSize - 16) / 2 / 2 * 2 - 2
    var level: [(key: [UInt8], page: Int)] = []
    var nodes: [[UInt8]] = []
    var first: [UInt8] = []
    func flush(_ flags: UInt16) {
      guard !nodes.isEmpty else { return }
      level.append((first, append(flags: flags, nodes)))
      nodes = []
    }
    func add(_ node: [UInt8], _ key: [UInt8], _ flags: UInt16) {
      let even = node + (node.count % 2 == 0 ? [] : [0])
      if 16 + (nodes + [even]).reduce(0, { $0 + $1.count + 2 }) > pageSize { flush(flags) }
      if nodes.isEmpty { first = key }
      nodes.append(even)
    }
    for entry in entries {
      var (content, flags) = (entry.value, UInt16(0))
      if 8 + entry.key.count + content.count > greatest {
        content = little(UInt64(append(overflow: entry.value)))
        flags = 1
      }
      let head = little(UInt32(entry.value.count)) + little(flags)
      add(head + little(UInt16(entry.key.count)) + entry.key + content, entry.key, 2)
    }
    flush(2)
    var depth = level.isEmpty ? 0 : 1
    while level.count > 1 {
      let below = level
      level = []
      for (key, page) in below {
        // The first key of a branch is left out.
        let stored = nodes.isEmpty ? [] : key
        let number = little(UInt32(page)) + little(UInt16(0)) + little(UInt16(stored.count))
        add(number + stored, key, 1)
      }
      flush(1)
      depth += 1
    }
    for page in 0..<2 {
      self[page, 0, as: UInt64.self] = UInt64(page)
      self[page, 10, as: UInt16.self] = 8
      self[page, 16, as: UInt32.self] = 0xBEEF_C0DE
      self[page, 20, as: UInt32.self] = 1
      self[page, 40, as: UInt32.self] = UInt32(pageSize)
      self[page, 44, as: UInt16.self] = 8
      self[page, 80, as: UInt64.self] = .max
      self[page, 128, as: UInt64.self] = .max
      self[page, 136, as: UInt64.self] = 1
    }
    self[1, 94, as: UInt16.self] = UInt16(depth)
    self[1, 120, as: UInt64.self] = UInt64(entries.count)
    self[1, 128, as: UInt64.self] = level.first.map { UInt64($0.page) } ?? .max
    self[1, 136, as: UInt64.self] = UInt64(pageCount - 1)
    self[1, 144, as: UInt64.self] = 1
  }

  private mutating func append(flags: UInt16, _ nodes: [[UInt8]]) -> Int {
    let page = pageCount
    bytes += [UInt8](repeating: 0, count: pageSize)
    self[page, 0, as: UInt64.self] = UInt64(page)
    self[page, 10, as: UInt16.self] = flags
    var upper = pageSize
    for (index, node) in nodes.enumerated() {
      upper -= node.count
      let start = page * pageSize + upper
      bytes.replaceSubrange(start..<start + node.count, with: node)
      self[page, 16 + 2 * index, as: UInt16.self] = UInt16(upper)
    }
    self[page, 12, as: UInt16.self] = UInt16(16 + 2 * nodes.count)
    self[page, 14, as: UInt16.self] = UInt16(upper)
    return page
  }

  private mutating func append(overflow value: [UInt8]) -> Int {
    let page = pageCount
    let count = (16 + value.count + pageSize - 1) / pageSize
    let padding = count * pageSize - 16 - value.count
    bytes += [UInt8](repeating: 0, count: 16) + value + [UInt8](repeating: 0, count: padding)
    self[page, 0, as: UInt64.self] = UInt64(page)
    self[page, 10, as: UInt16.self] = 4
    self[page, 12, as: UInt32.self] = UInt32(count)
    return page
  }
}

private func little(_ number: some FixedWidthInteger) -> [UInt8] {
  withUnsafeBytes(of: number.littleEndian) { Array($0) }
}
