/// The hashes that a `HashTable` wrote, read from the file in place.
public struct HashRows: Sendable {
  private let rows: NumberRows

  /// Opens a file of hashes.
  ///
  /// - Throws: `FileError` where there is no such file; `NPYError` where it is not an array of n x 2 uint64.
  public init(path: String) throws { rows = try NumberRows(path: path, columns: 2) }

  /// How many hashes there are.
  public var count: Int { rows.count }

  /// The hash in a row, from 0 to `count` - 1; others are a programming error.
  public subscript(index: Int) -> XXH128 { XXH128(high: rows[index, 0], low: rows[index, 1]) }
}
