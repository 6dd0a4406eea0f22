internal import Codecs

/// Names that are joined to groups (union-find). A group's root is the first of its names in alphabetical order, so that
/// it does not depend on the order in which they come.
public struct JoinedNames: Sendable {
  /// For each name, another one of its group; the root points to itself.
  private var parents: [Int] = []
  private var names: [String] = []

  /// Without names.
  public init() {}

  /// The numbers of all names.
  public var indices: Range<Int> { parents.indices }

  /// A name by its number.
  public subscript(number: Int) -> String { names[number] }

  /// Adds a name, as a group of its own.
  ///
  /// - Returns: its number; numbers count from 0.
  public mutating func add(_ name: String) -> Int {
    names.append(name)
    parents.append(parents.count)
    return parents.count - 1
  }

  /// Joins the groups of two names.
  ///
  /// - Returns: the root of the whole, and that of the group which joined it; nil where they were one already.
  public mutating func join(_ one: Int, _ other: Int) -> (root: Int, joined: Int?) {
    let (a, b) = (shortenedRoot(of: one), shortenedRoot(of: other))
    guard a != b else { return (a, nil) }
    let (root, joined) = names[a].comesBeforeInBytes(names[b]) ? (a, b) : (b, a)
    parents[joined] = root
    return (root, joined)
  }

  /// The root of a name's group.
  public func root(of number: Int) -> Int {
    var root = number
    while parents[root] != root { root = parents[root] }
    return root
  }

  /// The same; each step shortens the way of later searches.
  public mutating func shortenedRoot(of number: Int) -> Int {
    var root = number
    while parents[root] != root {
      parents[root] = parents[parents[root]]
      root = parents[root]
    }
    return root
  }
}
