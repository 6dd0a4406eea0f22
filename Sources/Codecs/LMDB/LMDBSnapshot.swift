internal import CLMDB
internal import Glibc
internal import SystemPackage

/// The state of an LMDB file after its last committed transaction, as the newer of its two meta pages describes
/// it.
struct LMDBSnapshot {
  let file: LMDBFile
  let pageSize: Int
  /// The number of the last page in use.
  let lastPage: Int
  let main: LMDBMeta.Database
  /// The tree of free pages, from which a writer takes pages.
  let free: LMDBMeta.Database

  var usedBytes: Int { (lastPage + 1) * pageSize }

  /// - Parameter unfinished: whether the writer may have stopped in the middle of a meta page, because it was
  ///   killed.
  /// - Throws: `LMDBError` where the file is missing or not an LMDB; `TruncatedLMDB`, `DamagedLMDB` or
  ///   `FileError`.
  init(path: String, unfinished: Bool) throws {
    file = try Self.open(path)
    let first = try Self.meta(of: file, page: 0, pageSize: 0)
    pageSize = Int(first.pageSize)
    guard file.size >= 2 * pageSize else {
      throw TruncatedLMDB(path: path, expectedBytes: 2 * pageSize, foundBytes: file.size)
    }
    let second = try Self.meta(of: file, page: 1, pageSize: pageSize)
    let isFirst = first.transaction >= second.transaction
    let (newer, older) = isFirst ? (first, second) : (second, first)
    let page = isFirst ? 0 : 1
    (main, free) = (newer.main, newer.free)
    lastPage = Int(clamping: newer.lastPage)
    if let fault = Self.fault(newer, older, unfinished: unfinished)
      ?? Self.fault(newer.main, "main", newer) ?? Self.fault(newer.free, "free", newer)
    {
      throw file.fault(page: page, pageSize: pageSize, fault)
    }
    guard file.size >= usedBytes else {
      throw TruncatedLMDB(path: path, expectedBytes: usedBytes, foundBytes: file.size)
    }
  }

  private static func open(_ path: String) throws -> LMDBFile {
    do {
      return try LMDBFile(path: path)
    } catch let error as FileError where error.errno == .noSuchFileOrDirectory {
      throw LMDBError(call: "mdb_env_open", path: path, code: ENOENT)
    }
  }

  /// - Parameter pageSize: 0 for the first page, which states it.
  private static func meta(of file: LMDBFile, page: Int, pageSize: Int) throws -> LMDBMeta {
    guard file.size >= LMDBMeta.bytes else {
      throw LMDBError(call: "mdb_env_open", path: file.path, code: MDB_INVALID)
    }
    let meta = try withUnsafeTemporaryAllocation(byteCount: LMDBMeta.bytes, alignment: 8) {
      try file.read(into: $0, at: page * pageSize)
      return LMDBMeta(UnsafeRawBufferPointer($0))
    }
    if page == 0, meta.magic != LMDBFormat.magic {
      throw LMDBError(call: "mdb_env_open", path: file.path, code: MDB_INVALID)
    }
    if let fault = meta.fault { throw file.fault(page: page, pageSize: pageSize, fault) }
    guard page == 0 || meta.pageSize == pageSize else {
      throw file.fault(
        page: page, pageSize: pageSize,
        "expected a page size of \(pageSize) as in page 0, found \(meta.pageSize)")
    }
    return meta
  }

  /// What is wrong with the two meta pages together. Transactions write them in turn, and the number of pages
  /// never falls.
  private static func fault(
    _ newer: LMDBMeta, _ older: LMDBMeta, unfinished: Bool
  ) -> String? {
    // Byte positions must fit into `Int`.
    let most = UInt64(Int.max) / UInt64(newer.pageSize) - 1
    guard (1...most).contains(newer.lastPage) else {
      return "last page: expected 1 to \(most), found \(newer.lastPage)"
    }
    guard !newer.agrees(with: older), !unfinished else { return nil }
    guard newer.transaction - older.transaction == 1 else {
      return
        "transaction: expected one more than the other meta page's \(older.transaction), found \(newer.transaction)"
    }
    guard newer.lastPage >= older.lastPage else {
      return
        "last page: expected \(older.lastPage) of the transaction before or more, found \(newer.lastPage)"
    }
    return nil
  }

  private static func fault(
    _ database: LMDBMeta.Database, _ name: String, _ meta: LMDBMeta
  ) -> String? {
    if database.root == LMDBMeta.Database.noPage {
      return database.depth == 0 && database.entries == 0
        ? nil
        : "\(name) tree: expected 0 levels and entries without a root, found \(database.depth) and \(database.entries)"
    }
    guard database.root >= 2, database.root <= meta.lastPage else {
      return "root of the \(name) tree: expected page 2 to \(meta.lastPage), found \(database.root)"
    }
    guard (1...LMDBFormat.mostLevels).contains(database.depth) else {
      return
        "levels of the \(name) tree: expected 1 to \(LMDBFormat.mostLevels), found \(database.depth)"
    }
    let room = (meta.lastPage + 1) * UInt64(meta.pageSize)
    let most = room / UInt64(LMDBFormat.nodeBytes + 2)
    guard (1...most).contains(database.entries) else {
      return "entries of the \(name) tree: expected 1 to \(most), found \(database.entries)"
    }
    return nil
  }
}
