internal import CLMDB

/// Reads one LMDB file.
public final class LMDBReader {
  private let environment: LMDBEnvironment

  /// - Throws: `LMDBError` where the file is missing or is no LMDB file.
  public init(path: String) throws {
    environment = try LMDBEnvironment(path: path, flags: MDB_RDONLY)
  }

  /// How many keys the file holds, its own special ones included.
  public func count() throws -> Int {
    try environment.transaction(flags: MDB_RDONLY).entryCount()
  }

  /// The bytes of a key's value, valid in the closure; nil where there is no such key.
  public func withValue<Result>(
    of key: [UInt8], _ body: (UnsafeRawBufferPointer) throws -> Result
  ) throws -> Result? {
    let transaction = try environment.transaction(flags: MDB_RDONLY)
    guard let value = try transaction.value(of: key) else { return nil }
    return try body(value)
  }

  /// Visits all pairs in key order until `body` returns false; its buffers are valid in the call only.
  public func forEach(
    _ body: (UnsafeRawBufferPointer, UnsafeRawBufferPointer) throws -> Bool
  ) throws {
    try environment.transaction(flags: MDB_RDONLY).forEach(body)
  }
}
