extension LMDBSnapshot {
  /// Checks everything that liblmdb trusts when it continues writing the file: both trees, and the lists of free
  /// pages.
  ///
  /// - Parameter pageSize: the page size that liblmdb writes.
  /// - Throws: `DamagedLMDB` at the first fault; what reading the file throws.
  func checkForWriting(pageSize: Int) throws {
    func fault(_ detail: String) -> any Error {
      file.fault(page: 0, pageSize: self.pageSize, detail)
    }
    guard self.pageSize == pageSize else {
      throw fault("expected pages of \(pageSize) bytes, found \(self.pageSize)")
    }
    guard main.flags == 0 else {
      throw fault("expected a main tree without flags, found \(flagsText(main.flags))")
    }
    let pages = try LMDBPageSet(of: self)
    try LMDBTree(main, of: self, order: .bytes).forEach(visited: pages) { _ in true }
    let values = LMDBValueBuffer()
    try LMDBTree(free, of: self, order: .integers).forEach(visited: pages) { place in
      let list = place.node.isOverflow ? try values.read(place.node, of: self) : place.node.value
      if let found = faultOfFreePages(list, pages) {
        throw file.fault(page: place.page.number, pageSize: pageSize, "free pages: \(found)")
      }
      return true
    }
    try file.checkUnchanged()
  }

  /// What is wrong with a list of free pages; nil where nothing is. A list is their count and their numbers, 8
  /// bytes each, greatest first. No free page is in use.
  private func faultOfFreePages(
    _ list: UnsafeRawBufferPointer, _ used: LMDBPageSet
  ) -> String? {
    func number(_ index: Int) -> UInt64 {
      list.loadUnaligned(fromByteOffset: 8 * index, as: UInt64.self)
    }
    let room = list.count / 8 - 1
    guard room >= 0, number(0) <= UInt64(room) else {
      return "expected a list of at most \(max(0, room)), found another"
    }
    var before = UInt64(lastPage) + 1
    for index in 0..<Int(number(0)) {
      let page = number(index + 1)
      guard page >= 2, page < before else {
        return "expected page 2 to \(before - 1), found \(page)"
      }
      guard !used.contains(Int(page)) else {
        return "expected none that is in use, found page \(page)"
      }
      before = page
    }
    return nil
  }
}
