/// Memory for values that have pages of their own, one at a time.
final class LMDBValueBuffer {
  private var memory = UnsafeMutableRawBufferPointer(start: nil, count: 0)

  /// How many bytes are read before the pages' header is checked, and the step in which memory grows.
  private static let step = 1 << 20

  deinit { memory.deallocate() }

  /// A value's bytes. They are valid until the next value is read.
  ///
  /// - Precondition: the node was examined, so its pages are inside the file.
  /// - Throws: `DamagedLMDB` where the pages are not those of a value; what reading the file throws.
  func read(_ node: LMDBNode, of snapshot: LMDBSnapshot) throws -> UnsafeRawBufferPointer {
    let page = Int(node.overflowPage)
    let offset = page * snapshot.pageSize
    let count = LMDBFormat.headerBytes + node.valueBytes
    let begun = min(count, Self.step)
    grow(to: begun, keeping: 0)
    try snapshot.file.read(
      into: UnsafeMutableRawBufferPointer(rebasing: memory[..<begun]), at: offset)
    if let fault = fault(page, node.valueBytes, snapshot) {
      throw snapshot.file.fault(page: page, pageSize: snapshot.pageSize, fault)
    }
    if begun < count {
      grow(to: count, keeping: begun)
      try snapshot.file.read(
        into: UnsafeMutableRawBufferPointer(rebasing: memory[begun..<count]), at: offset + begun)
    }
    return UnsafeRawBufferPointer(rebasing: memory[LMDBFormat.headerBytes..<count])
  }

  private func fault(_ page: Int, _ valueBytes: Int, _ snapshot: LMDBSnapshot) -> String? {
    let flags = memory.load(fromByteOffset: 10, as: UInt16.self)
    guard flags & ~LMDBFormat.PageFlags.notes == LMDBFormat.PageFlags.overflow else {
      return "expected a value's page, found flags \(flagsText(flags))"
    }
    let stored = memory.load(as: UInt64.self)
    guard stored == UInt64(page) else { return "expected the page's number, found \(stored)" }
    let least = LMDBFormat.overflowPages(valueBytes, pageSize: snapshot.pageSize)
    let pages = Int(memory.load(fromByteOffset: 12, as: UInt32.self))
    guard (least...snapshot.lastPage - page + 1).contains(pages) else {
      return
        "expected \(least) to \(snapshot.lastPage - page + 1) pages of the value, found \(pages)"
    }
    return nil
  }

  private func grow(to count: Int, keeping kept: Int) {
    guard memory.count < count else { return }
    let larger = UnsafeMutableRawBufferPointer.allocate(
      byteCount: (count + Self.step - 1) / Self.step * Self.step, alignment: 16)
    larger.copyMemory(from: UnsafeRawBufferPointer(rebasing: memory[..<kept]))
    memory.deallocate()
    memory = larger
  }
}
