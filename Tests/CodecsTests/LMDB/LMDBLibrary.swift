internal import CLMDB
internal import Codecs
internal import Testing

/// liblmdb itself, against which our reader is held.
final class LMDBLibrary {
  struct Failure: Error {
    let call: String
    let code: CInt
  }

  private var environment: OpaquePointer?

  init(_ path: String, flags: CInt = 0) throws {
    try Self.check("mdb_env_create", mdb_env_create(&environment))
    try Self.check("mdb_env_set_mapsize", mdb_env_set_mapsize(environment, 1 << 28))
    try Self.check("mdb_env_set_maxdbs", mdb_env_set_maxdbs(environment, 4))
    let all = UInt32(MDB_NOSUBDIR | MDB_NOLOCK | MDB_NOSYNC | flags)
    try Self.check("mdb_env_open", mdb_env_open(environment, path, all, 0o644))
  }

  deinit { mdb_env_close(environment) }

  static func check(_ call: String, _ code: CInt) throws {
    guard code == MDB_SUCCESS else { throw Failure(call: call, code: code) }
  }

  /// Does something in one transaction.
  ///
  /// - Parameter name: a database of its own, which is made.
  func write(
    database name: String? = nil, flags: CInt = 0, _ body: (Transaction) throws -> Void
  ) throws {
    var transaction: OpaquePointer?
    try Self.check("mdb_txn_begin", mdb_txn_begin(environment, nil, 0, &transaction))
    var database: MDB_dbi = 0
    do {
      try Self.check(
        "mdb_dbi_open", mdb_dbi_open(transaction, name, UInt32(MDB_CREATE | flags), &database))
      try body(Transaction(handle: transaction, database: database))
    } catch {
      mdb_txn_abort(transaction)
      throw error
    }
    try Self.check("mdb_txn_commit", mdb_txn_commit(transaction))
  }

  struct Transaction {
    let handle: OpaquePointer?
    let database: MDB_dbi

    func put(_ entry: Entry) throws {
      try Self.withValue(entry.key) { key in
        try Self.withValue(entry.value) { value in
          try check("mdb_put", mdb_put(handle, database, &key, &value, 0))
        }
      }
    }

    func delete(_ key: [UInt8]) throws {
      try Self.withValue(key) { try check("mdb_del", mdb_del(handle, database, &$0, nil)) }
    }

    private static func withValue(_ bytes: [UInt8], _ body: (inout MDB_val) throws -> Void) throws {
      var bytes = bytes
      try bytes.withUnsafeMutableBytes {
        var value = MDB_val(mv_size: $0.count, mv_data: $0.baseAddress)
        try body(&value)
      }
    }
  }

  /// All pairs, in liblmdb's order.
  func pairs() throws -> [Entry] {
    var transaction: OpaquePointer?
    try Self.check(
      "mdb_txn_begin", mdb_txn_begin(environment, nil, UInt32(MDB_RDONLY), &transaction))
    defer { mdb_txn_abort(transaction) }
    var database: MDB_dbi = 0
    try Self.check("mdb_dbi_open", mdb_dbi_open(transaction, nil, 0, &database))
    var cursor: OpaquePointer?
    try Self.check("mdb_cursor_open", mdb_cursor_open(transaction, database, &cursor))
    defer { mdb_cursor_close(cursor) }
    var found: [Entry] = []
    var (key, value) = (MDB_val(), MDB_val())
    while mdb_cursor_get(cursor, &key, &value, MDB_NEXT) == MDB_SUCCESS {
      found.append(
        Entry(
          key: Array(UnsafeRawBufferPointer(start: key.mv_data, count: key.mv_size)),
          value: Array(UnsafeRawBufferPointer(start: value.mv_data, count: value.mv_size))))
    }
    return found
  }
}

private func check(_ call: String, _ code: CInt) throws { try LMDBLibrary.check(call, code) }

/// Holds a file against what it is to have, and single values with all of them.
func expectEntries(
  _ expected: [Entry], in path: String, sourceLocation: SourceLocation = #_sourceLocation
) throws {
  let sorted = expected.sorted { $0.key.lexicographicallyPrecedes($1.key) }
  let found = try pairs(of: path)
  #expect(found == sorted, sourceLocation: sourceLocation)
  let reader = try LMDBReader(path: path)
  #expect(try reader.count() == expected.count, sourceLocation: sourceLocation)
  var keys: [[UInt8]] = []
  try reader.forEachKey {
    keys.append(Array($0))
    return true
  }
  #expect(keys == sorted.map(\.key), sourceLocation: sourceLocation)
  for entry in expected {
    let value = try reader.withValue(of: entry.key) { Array($0) }
    #expect(value == entry.value, sourceLocation: sourceLocation)
    // Its neighbours are no keys.
    for key in [entry.key + [0], Array(entry.key.dropLast())]
    where !sorted.contains(where: { $0.key == key }) {
      #expect(try reader.withValue(of: key) { _ in true } == nil, sourceLocation: sourceLocation)
    }
  }
  try reader.checkUnchanged()
}
