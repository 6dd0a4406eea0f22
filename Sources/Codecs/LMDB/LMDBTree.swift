/// The pages that were read most recently, by their numbers.
final class LMDBPageCache {
  private let snapshot: LMDBSnapshot
  private let order: LMDBKeyOrder
  /// Each page has one possible place, and replaces the page that was there.
  private var places: [LMDBPage?]

  /// How many bytes of memory the pages may take.
  private static let bytes = 4 << 20

  init(_ snapshot: LMDBSnapshot, order: LMDBKeyOrder) {
    (self.snapshot, self.order) = (snapshot, order)
    places = Array(repeating: nil, count: max(64, Self.bytes / snapshot.pageSize))
  }

  /// A page that was examined, from the cache or from the file.
  func page(_ number: Int, as kind: LMDBPage.Kind) throws -> LMDBPage {
    let place = number % places.count
    if let page = places[place], page.number == number, page.kind == kind, page.nodeCount > 0 {
      return page
    }
    // A page that is still in use elsewhere is not overwritten.
    let isFree = isKnownUniquelyReferenced(&places[place])
    let page = (isFree ? places[place] : nil) ?? LMDBPage(pageSize: snapshot.pageSize)
    places[place] = page
    try page.load(number, as: kind, order, of: snapshot)
    return page
  }
}

/// One tree of a snapshot. Its pages are in levels, and all leaves are on the last level.
struct LMDBTree {
  /// A leaf's node and the page that holds it.
  struct Place {
    let page: LMDBPage
    let index: Int

    var node: LMDBNode { page.node(index) }
  }

  /// The range of a page's keys: from `low` on, and before `high`. nil is no bound.
  private struct Bounds {
    var low: UnsafeRawBufferPointer?
    var high: UnsafeRawBufferPointer?

    /// The bounds of the pages below a branch's node.
    func narrowed(to index: Int, of page: LMDBPage) -> Self {
      Self(
        low: index == 0 ? low : page.node(index).key,
        high: index + 1 == page.nodeCount ? high : page.node(index + 1).key)
    }
  }

  let snapshot: LMDBSnapshot
  let database: LMDBMeta.Database
  let order: LMDBKeyOrder
  private let cache: LMDBPageCache

  init(_ database: LMDBMeta.Database, of snapshot: LMDBSnapshot, order: LMDBKeyOrder) {
    (self.snapshot, self.database, self.order) = (snapshot, database, order)
    cache = LMDBPageCache(snapshot, order: order)
  }

  private var isEmpty: Bool { database.root == LMDBMeta.Database.noPage }

  /// The place of a key; nil where there is no such key.
  func place(of key: UnsafeRawBufferPointer) throws -> Place? {
    guard !isEmpty else { return nil }
    var branches: [LMDBPage] = []
    // The bounds point to keys in these pages.
    defer { withExtendedLifetime(branches) {} }
    var (number, bounds) = (Int(database.root), Bounds())
    for level in 1..<database.depth + 1 {
      let page = try cache.page(number, as: kind(atLevel: level))
      guard page.kind == .branch else {
        try check(page, bounds)
        let index = page.firstNode(notBefore: key, order)
        guard index < page.nodeCount, !order.precedes(key, page.node(index).key) else {
          return nil
        }
        return Place(page: page, index: index)
      }
      let index = page.childNode(of: key, order)
      bounds = bounds.narrowed(to: index, of: page)
      branches.append(page)
      number = page.node(index).child
    }
    return nil
  }

  /// Calls `body` with each entry, in the order of keys, until it returns false.
  ///
  /// A walk to the end has seen each page at most once, and as many entries as the tree states.
  ///
  /// - Parameter visited: the set to which the pages of this walk are added.
  func forEach(visited: LMDBPageSet, _ body: (Place) throws -> Bool) throws {
    guard !isEmpty else { return }
    var count = 0
    let root = Int(database.root)
    guard
      try visit(
        root, level: 1, Bounds(), visited,
        {
          count += 1
          return try body($0)
        })
    else { return }
    guard count == database.entries else {
      throw fault(root, "entries of its tree: expected \(database.entries), found \(count)")
    }
  }

  /// - Returns: whether to continue.
  private func visit(
    _ number: Int, level: Int, _ bounds: Bounds, _ visited: LMDBPageSet,
    _ body: (Place) throws -> Bool
  ) throws -> Bool {
    try visited.insert(number, count: 1, of: snapshot)
    let page = try cache.page(number, as: kind(atLevel: level))
    return try withExtendedLifetime(page) {
      guard page.kind == .branch else {
        try check(page, bounds)
        for index in 0..<page.nodeCount {
          let node = page.node(index)
          if node.isOverflow {
            let count = LMDBFormat.overflowPages(node.valueBytes, pageSize: snapshot.pageSize)
            try visited.insert(Int(node.overflowPage), count: count, of: snapshot)
          }
          guard try body(Place(page: page, index: index)) else { return false }
        }
        return true
      }
      for index in 0..<page.nodeCount {
        let below = bounds.narrowed(to: index, of: page)
        guard try visit(page.node(index).child, level: level + 1, below, visited, body) else {
          return false
        }
      }
      return true
    }
  }

  private func kind(atLevel level: Int) -> LMDBPage.Kind {
    level == database.depth ? .leaf : .branch
  }

  /// Checks that a leaf's keys are within the bounds that the branches above give. Where all leaves pass, keys
  /// ascend over the whole tree.
  private func check(_ leaf: LMDBPage, _ bounds: Bounds) throws {
    if let low = bounds.low, order.precedes(leaf.node(0).key, low) {
      throw fault(
        leaf.number, "expected keys from the one above it on, found one before")
    }
    if let high = bounds.high, !order.precedes(leaf.node(leaf.nodeCount - 1).key, high) {
      throw fault(
        leaf.number, "expected keys before the next page's, found one that is not")
    }
  }

  private func fault(_ page: Int, _ detail: String) -> any Error {
    snapshot.file.fault(page: page, pageSize: snapshot.pageSize, detail)
  }
}
