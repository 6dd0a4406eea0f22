internal import CLMDB
internal import Glibc

/// One LMDB file (no folder, no lock file) with its unnamed database, opened by liblmdb. It is only for files
/// that we write: liblmdb trusts what a file says, so a damaged one can crash the process.
///
/// The file is opened without LMDB's locks. A shard has only one writer, which the run's own lock ensures, and
/// finished shards are never written again.
final class LMDBEnvironment {
  let handle: OpaquePointer
  let path: String

  /// - Parameter mapSize: how large the file may get, in bytes; ignored where the file is larger already.
  init(path: String, flags: CInt, mapSize: Int? = nil) throws(LMDBError) {
    self.path = path
    var created: OpaquePointer?
    try Self.check("mdb_env_create", mdb_env_create(&created), path)
    guard let created else { preconditionFailure("mdb_env_create succeeded without a handle") }
    handle = created
    if let mapSize { try check("mdb_env_set_mapsize", mdb_env_set_mapsize(handle, mapSize)) }
    let all = UInt32(MDB_NOSUBDIR | MDB_NOLOCK | flags)
    try check("mdb_env_open", mdb_env_open(handle, path, all, 0o644))
  }

  deinit { mdb_env_close(handle) }

  func check(_ call: StaticString, _ code: CInt) throws(LMDBError) {
    try Self.check(call, code, path)
  }

  private static func check(_ call: StaticString, _ code: CInt, _ path: String) throws(LMDBError) {
    guard code == MDB_SUCCESS else { throw LMDBError(call: call, path: path, code: code) }
  }

  /// How many bytes of the file hold committed pages.
  func usedBytes() throws(LMDBError) -> Int {
    var info = MDB_envinfo()
    try check("mdb_env_info", mdb_env_info(handle, &info))
    return (info.me_last_pgno + 1) * pageSize
  }

  var pageSize: Int { Int(sysconf(CInt(_SC_PAGESIZE))) }

  func transaction(flags: CInt) throws(LMDBError) -> LMDBTransaction {
    var transaction: OpaquePointer?
    try check("mdb_txn_begin", mdb_txn_begin(handle, nil, UInt32(flags), &transaction))
    guard let transaction else { preconditionFailure("mdb_txn_begin succeeded without a handle") }
    var database: MDB_dbi = 0
    let code = mdb_dbi_open(transaction, nil, 0, &database)
    guard code == MDB_SUCCESS else {
      mdb_txn_abort(transaction)
      throw LMDBError(call: "mdb_dbi_open", path: path, code: code)
    }
    return LMDBTransaction(handle: transaction, database: database, environment: self)
  }
}

/// One transaction. It is aborted unless committed, and keeps its environment open.
final class LMDBTransaction {
  private let handle: OpaquePointer
  private var isCommitted = false
  private let database: MDB_dbi
  private let environment: LMDBEnvironment

  fileprivate init(handle: OpaquePointer, database: MDB_dbi, environment: LMDBEnvironment) {
    self.handle = handle
    self.database = database
    self.environment = environment
  }

  deinit {
    if !isCommitted { mdb_txn_abort(handle) }
  }

  /// The value of a key, in LMDB's own memory. It is valid while the transaction lives; nil where there is no
  /// such key.
  func value(of key: [UInt8]) throws(LMDBError) -> UnsafeRawBufferPointer? {
    var result = MDB_val()
    let code = key.withUnsafeBytes { bytes in
      var key = MDB_val(bytes)
      return mdb_get(handle, database, &key, &result)
    }
    if code == MDB_NOTFOUND { return nil }
    try environment.check("mdb_get", code)
    return UnsafeRawBufferPointer(start: result.mv_data, count: result.mv_size)
  }

  /// Makes room for a value and returns it. The caller fills it before the next call.
  func reserve(_ key: [UInt8], count: Int, append: Bool) throws(LMDBError)
    -> UnsafeMutableRawBufferPointer
  {
    var value = MDB_val(mv_size: count, mv_data: nil)
    let flags = UInt32(MDB_RESERVE | (append ? MDB_APPEND : MDB_NOOVERWRITE))
    let code = key.withUnsafeBytes { bytes in
      var key = MDB_val(bytes)
      return mdb_put(handle, database, &key, &value, flags)
    }
    try environment.check("mdb_put", code)
    return UnsafeMutableRawBufferPointer(start: value.mv_data, count: count)
  }

  /// Ends the transaction, whether it succeeds or throws; nothing may be called after it.
  func commit() throws(LMDBError) {
    precondition(!isCommitted, "a transaction is committed once")
    isCommitted = true
    try environment.check("mdb_txn_commit", mdb_txn_commit(handle))
  }
}

extension MDB_val {
  fileprivate init(_ bytes: UnsafeRawBufferPointer) {
    self.init(mv_size: bytes.count, mv_data: UnsafeMutableRawPointer(mutating: bytes.baseAddress))
  }
}
