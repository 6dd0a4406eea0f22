internal import Foundation

/// An LMDB file's bytes, page by page, to be changed.
public struct LMDBPages {
  public var bytes: [UInt8]
  public let pageSize: Int

  public init(bytes: [UInt8], pageSize: Int = 4096) {
    (self.bytes, self.pageSize) = (bytes, pageSize)
  }

  public init(file path: String) throws {
    self.init(bytes: [UInt8](try Data(contentsOf: URL(fileURLWithPath: path))))
  }

  public func write(to path: String) throws {
    try Data(bytes).write(to: URL(fileURLWithPath: path))
  }

  /// A number of a page.
  public subscript<Number: FixedWidthInteger>(page: Int, offset: Int, as type: Number.Type)
    -> Number
  {
    get {
      let start = page * pageSize + offset
      return bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: start, as: type) }
    }
    set {
      let start = page * pageSize + offset
      bytes.withUnsafeMutableBytes { $0.storeBytes(of: newValue, toByteOffset: start, as: type) }
    }
  }

  public var pageCount: Int { bytes.count / pageSize }

  /// The meta page that holds.
  public var meta: Int { self[0, 144, as: UInt64.self] > self[1, 144, as: UInt64.self] ? 0 : 1 }
  public var root: Int { Int(self[meta, 128, as: UInt64.self]) }
  public var depth: Int { Int(self[meta, 94, as: UInt16.self]) }

  /// Where a page's nodes begin.
  public func nodes(_ page: Int) -> [Int] {
    let count = (Int(self[page, 12, as: UInt16.self]) - 16) / 2
    return (0..<count).map { Int(self[page, 16 + 2 * $0, as: UInt16.self]) }
  }

  /// Pages of a tree with these mp_flags, reached from the root.
  public func pages(flags: UInt16, from page: Int? = nil) -> [Int] {
    let page = page ?? root
    guard self[page, 10, as: UInt16.self] == 1 else {
      let own = self[page, 10, as: UInt16.self] == flags ? [page] : []
      guard flags == 4 else { return own }
      return nodes(page).filter { self[page, $0 + 4, as: UInt16.self] == 1 }.map {
        let key = Int(self[page, $0 + 6, as: UInt16.self])
        return Int(self[page, $0 + 8 + key, as: UInt64.self])
      }
    }
    let below = nodes(page).flatMap { pages(flags: flags, from: child(page, $0)) }
    return flags == 1 ? [page] + below : below
  }

  public func child(_ page: Int, _ node: Int) -> Int {
    Int(self[page, node, as: UInt32.self]) | Int(self[page, node + 4, as: UInt16.self]) << 32
  }
}
