internal import Glibc

/// The order in which a tree keeps its keys.
enum LMDBKeyOrder {
  /// By their bytes. A key that is the beginning of another comes before it.
  case bytes
  /// As numbers of 8 bytes (MDB_INTEGERKEY), which the tree of free pages has.
  case integers

  func precedes(_ a: UnsafeRawBufferPointer, _ b: UnsafeRawBufferPointer) -> Bool {
    if self == .integers {
      return a.loadUnaligned(as: UInt64.self) < b.loadUnaligned(as: UInt64.self)
    }
    guard let left = a.baseAddress, let right = b.baseAddress else { return a.count < b.count }
    let order = memcmp(left, right, min(a.count, b.count))
    return order == 0 ? a.count < b.count : order < 0
  }
}

/// One node (MDB_node) of a page that was examined.
struct LMDBNode {
  fileprivate let start: UnsafeRawPointer

  private func field(_ offset: Int) -> Int {
    Int(start.load(fromByteOffset: offset, as: UInt16.self))
  }

  fileprivate var keyBytes: Int { field(6) }
  var flags: UInt16 { start.load(fromByteOffset: 4, as: UInt16.self) }
  var isOverflow: Bool { flags == LMDBFormat.NodeFlags.overflow }
  var isDatabase: Bool { flags == LMDBFormat.NodeFlags.database }

  /// The page below, on a branch.
  var child: Int { field(0) | field(2) << 16 | field(4) << 32 }
  /// The value's size, on a leaf.
  var valueBytes: Int { field(0) | field(2) << 16 }

  var key: UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: start + LMDBFormat.nodeBytes, count: keyBytes)
  }

  private var content: UnsafeRawPointer { start + LMDBFormat.nodeBytes + keyBytes }

  /// The value, on a leaf's node that holds it itself.
  var value: UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: content, count: valueBytes)
  }

  /// The first of the value's own pages.
  var overflowPage: UInt64 { content.loadUnaligned(as: UInt64.self) }
}

/// One page of a tree, read into memory of its own and examined. Nothing in it points outside of it, its keys
/// ascend, and the pages that it names are in the file.
final class LMDBPage {
  enum Kind: String {
    case branch = "a branch page"
    case leaf = "a leaf page"

    fileprivate var flag: UInt16 {
      self == .leaf ? LMDBFormat.PageFlags.leaf : LMDBFormat.PageFlags.branch
    }
  }

  private let memory: UnsafeMutableRawBufferPointer
  private(set) var number = 0
  private(set) var kind = Kind.leaf
  private(set) var nodeCount = 0

  init(pageSize: Int) {
    memory = .allocate(byteCount: pageSize, alignment: 16)
  }

  deinit { memory.deallocate() }

  /// - Precondition: `index` is below `nodeCount`.
  func node(_ index: Int) -> LMDBNode {
    node(atOffset: Int(field(LMDBFormat.headerBytes + 2 * index)))
  }

  /// On a leaf, the index of the first node whose key is not before `key`; `nodeCount` where there is none.
  func firstNode(notBefore key: UnsafeRawBufferPointer, _ order: LMDBKeyOrder) -> Int {
    var (low, high) = (0, nodeCount)
    while low < high {
      let middle = (low + high) / 2
      if order.precedes(node(middle).key, key) { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// On a branch, the index of the node below which a key is. The first node stands for all keys before the
  /// second.
  func childNode(of key: UnsafeRawBufferPointer, _ order: LMDBKeyOrder) -> Int {
    var (low, high) = (1, nodeCount)
    while low < high {
      let middle = (low + high) / 2
      if order.precedes(key, node(middle).key) { high = middle } else { low = middle + 1 }
    }
    return low - 1
  }

  /// Reads a page of the snapshot and examines it, in place of the page held before.
  ///
  /// - Throws: `DamagedLMDB` where the page is faulty or of another kind; what reading the file throws.
  func load(_ number: Int, as kind: Kind, _ order: LMDBKeyOrder, of snapshot: LMDBSnapshot) throws {
    (self.number, self.kind, nodeCount) = (number, kind, 0)
    try snapshot.file.read(into: memory, at: number * memory.count)
    if let fault = fault(order, lastPage: snapshot.lastPage) {
      nodeCount = 0
      throw snapshot.file.fault(page: number, pageSize: memory.count, fault)
    }
  }

  private func field(_ offset: Int) -> UInt16 {
    memory.load(fromByteOffset: offset, as: UInt16.self)
  }

  private func node(atOffset offset: Int) -> LMDBNode {
    // A page is never empty, so its memory has a base address.
    LMDBNode(start: UnsafeRawPointer(memory.baseAddress.unsafelyUnwrapped + offset))
  }
}

// MARK: - Examination

extension LMDBPage {
  /// What is wrong with the page, in words; nil where nothing is. Sets `nodeCount`.
  private func fault(_ order: LMDBKeyOrder, lastPage: Int) -> String? {
    let flags = field(10)
    guard flags & ~LMDBFormat.PageFlags.notes == kind.flag else {
      return "expected \(kind.rawValue), found flags \(flagsText(flags))"
    }
    let stored = memory.load(as: UInt64.self)
    guard stored == UInt64(number) else { return "expected the page's number, found \(stored)" }
    let lower = Int(field(12))
    // With the largest page size, the page's end is one more than the field can hold.
    let upper = field(14) == 0 && memory.count == 65536 ? 65536 : Int(field(14))
    guard lower >= LMDBFormat.headerBytes, lower % 2 == 0, upper % 2 == 0, lower <= upper,
      upper <= memory.count
    else {
      return
        "free room: expected even bounds from \(LMDBFormat.headerBytes) to \(memory.count), found \(lower) and \(upper)"
    }
    let count = (lower - LMDBFormat.headerBytes) / 2
    let least = kind == .branch ? 2 : 1
    guard count >= least else { return "nodes: expected \(least) or more, found \(count)" }
    var used = 0
    for index in 0..<count {
      switch nodeBytes(index, order, from: upper, lastPage: lastPage) {
      case .success(let bytes): used += bytes
      case .failure(let fault): return "node \(index): \(fault.detail)"
      }
    }
    guard used == memory.count - upper else {
      return "nodes: expected \(memory.count - upper) bytes of them, found \(used)"
    }
    // A branch's first key is never used.
    for index in least..<max(count, least) {
      guard order.precedes(node(index - 1).key, node(index).key) else {
        return "node \(index): expected a key after the one before, found none such"
      }
    }
    nodeCount = count
    return nil
  }

  private struct Fault: Error {
    let detail: String
  }

  /// How many bytes of the page a node takes, or what is wrong with it.
  private func nodeBytes(
    _ index: Int, _ order: LMDBKeyOrder, from upper: Int, lastPage: Int
  ) -> Result<Int, Fault> {
    let offset = Int(field(LMDBFormat.headerBytes + 2 * index))
    let room = memory.count - offset - LMDBFormat.nodeBytes
    guard offset >= upper, offset % 2 == 0, room >= 0 else {
      return .failure(
        Fault(detail: "expected an even offset from \(upper) on, found \(offset)"))
    }
    let node = node(atOffset: offset)
    let isFirstOfBranch = kind == .branch && index == 0
    let keys = order == .integers ? 8...8 : 1...max(1, room)
    guard keys.contains(node.keyBytes) || isFirstOfBranch, node.keyBytes <= room else {
      return .failure(
        Fault(
          detail:
            "key: expected \(keys.lowerBound) to \(min(keys.upperBound, room)) bytes, found \(node.keyBytes)"
        ))
    }
    var content = 0
    if kind == .branch {
      guard (2...lastPage).contains(node.child) else {
        return .failure(
          Fault(detail: "page below: expected 2 to \(lastPage), found \(node.child)"))
      }
    } else {
      switch node.flags {
      case 0: content = node.valueBytes
      case LMDBFormat.NodeFlags.overflow: content = 8
      case LMDBFormat.NodeFlags.database where node.valueBytes == LMDBMeta.Database.bytes:
        content = node.valueBytes
      default:
        return .failure(
          Fault(
            detail:
              "expected a value or a database of \(LMDBMeta.Database.bytes) bytes, found flags \(flagsText(node.flags)) and \(node.valueBytes) bytes"
          ))
      }
      guard content <= room - node.keyBytes else {
        return .failure(
          Fault(
            detail: "value: expected at most \(room - node.keyBytes) bytes, found \(content)"))
      }
      if node.isOverflow, let fault = overflowFault(node, lastPage: lastPage) {
        return .failure(Fault(detail: fault))
      }
    }
    let bytes = LMDBFormat.nodeBytes + node.keyBytes + content
    return .success(bytes + bytes % 2)
  }

  private func overflowFault(_ node: LMDBNode, lastPage: Int) -> String? {
    let pages = LMDBFormat.overflowPages(node.valueBytes, pageSize: memory.count)
    let first = node.overflowPage
    guard first >= 2, first <= UInt64(lastPage), pages <= lastPage - Int(first) + 1 else {
      return
        "value: expected \(pages) pages from 2 to \(lastPage), found them from \(first) on"
    }
    return nil
  }
}
