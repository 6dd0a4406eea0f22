internal import CLMDB
internal import CLinux
internal import Glibc
internal import SystemPackage

/// Writes one LMDB file in batches. A run that was killed can continue where its last batch ended, and gives the
/// same bytes.
///
/// Values are filled in place: `MDB_RESERVE` gives room in the memory map (`MDB_WRITEMAP`). Large contents, the
/// images, are not stored through the map, where each page would cost a fault. They are written to the file at
/// that place (`ValueRoom`). The map and the file share the page cache, so both see the same bytes. Before a
/// batch, disk space for all that it may need is reserved with `posix_fallocate`. So a full disk is an ordinary
/// error and not a SIGBUS, and LMDB never runs out of map. After each batch the file is opened again. So the
/// allocator's state depends only on the file, and a resumed run writes the same bytes.
public final class LMDBWriter {
  /// The file's.
  public let path: String
  private let descriptor: FileDescriptor
  private let append: Bool
  private let batchBytes: Int
  private var environment: LMDBEnvironment?
  private var transaction: LMDBTransaction?
  /// How many bytes of the map this batch may still use.
  private var budget = 0
  /// How many bytes of the file were committed when the current batch began, and how many of them `sending` has given.
  private var (committedBytes, sentBytes) = (0, 0)
  private let pageSize = Int(sysconf(CInt(_SC_PAGESIZE)))
  /// How many values an earlier run has committed. The first calls of `put` must repeat them; these are compared
  /// and not written.
  private var committed = 0
  private var position = 0

  private static let leastBatch = 1 << 18

  /// What `put` did with a value.
  public enum Outcome: Sendable { case written, alreadyThere }

  /// Opens or makes the file.
  ///
  /// - Parameters:
  ///   - path: the LMDB file, which is no folder.
  ///   - append: whether the caller promises keys in ascending byte order, which fills pages better.
  ///   - resume: whether to continue the file at `path`, where there is one. Otherwise it is replaced.
  ///   - batchBytes: how many bytes a transaction may hold before it is committed. In a smaller file a transaction
  ///     holds as much as is there already, at least 256 KiB.
  /// - Throws: `FileError` where the file cannot be made or cut; `DamagedRemainder` where it cannot be continued.
  public init(
    path: String, append: Bool, resume: Bool, batchBytes: Int = 64 << 20
  ) throws {
    self.path = path
    self.append = append
    self.batchBytes = batchBytes
    var options: FileDescriptor.OpenOptions = [.create, .closeOnExec]
    if !resume { options.insert(.truncate) }
    do {
      descriptor = try FileDescriptor.open(
        FilePath(path), .readWrite, options: options,
        permissions: [.ownerReadWrite, .groupRead, .otherRead])
    } catch let error as Errno {
      throw FileError(action: "create", path: path, errno: error)
    }
    if resume { try dropUncommittedPages() }
  }

  deinit {
    // A transaction must end before its environment.
    transaction = nil
    environment = nil
    try? descriptor.close()
  }

  /// Whether `put` still repeats values that an earlier run committed.
  public var isReplaying: Bool { position < committed }

  /// Stores a value of `count` bytes, which `fill` writes into LMDB's own pages.
  ///
  /// Where an earlier run has stored the value, `isSame` is called instead, with the stored bytes.
  ///
  /// - Parameters:
  ///   - key: a key that is not there yet.
  ///   - count: the value's size in bytes.
  ///   - fill: writes exactly `count` bytes, or sees to it that others do where the room has pages of its own.
  ///   - isSame: whether the stored bytes are those that `fill` would write.
  ///   - settle: waits until all rooms are filled that were given out so far. It is called before a batch is committed.
  ///
  /// - Throws: `LMDBError`; `FileError`, where the disk is full; `ResumeError` where a stored value differs; what
  ///   the closures throw.
  public func put(
    key: [UInt8], count: Int, fill: (ValueRoom) throws -> Void,
    isSame: (UnsafeRawBufferPointer) throws -> Bool, settle: () throws -> Void = {}
  ) throws -> Outcome {
    defer { position += 1 }
    if isReplaying {
      try openIfNeeded(readOnly: true, need: 0)
      guard let stored = try transaction?.value(of: key), stored.count == count,
        try isSame(stored)
      else {
        throw ResumeError(path: path, key: String(decoding: key, as: UTF8.self))
      }
      if position + 1 == committed { transaction = nil; environment = nil }
      return .alreadyThere
    }
    // The value's own pages, and in the worst case a copy and a split of each level of the tree.
    let need = (count / pageSize + 2 + 10) * pageSize
    if transaction != nil, need > budget {
      try settle()
      try commit()
    }
    try openIfNeeded(readOnly: false, need: need)
    budget -= need
    guard let room = try transaction?.reserve(key, count: count, append: append) else {
      preconditionFailure("a transaction was opened above")
    }
    try fill(ValueRoom(room, of: descriptor, path: path, pageSize: pageSize))
    return .written
  }

  /// Finishes the file: commits, cuts it to the pages in use and waits until it is on the disk. All rooms that were
  /// given out must be filled.
  ///
  /// - Returns: the file's size in bytes.
  /// - Throws: `LMDBError` or `FileError`; `ResumeError` where fewer values came than an earlier run has
  ///   committed.
  @discardableResult
  public func finish() throws -> Int {
    guard !isReplaying else {
      throw ResumeError(path: path, key: "\(position)")
    }
    // A file without a value has to be a valid LMDB too.
    if environment == nil { try openIfNeeded(readOnly: false, need: 0) }
    try commit()
    let used = try LMDBEnvironment(path: path, flags: MDB_RDONLY).usedBytes()
    guard ftruncate(descriptor.rawValue, off_t(used)) == 0 else {
      throw FileError(action: "truncate", path: path, errno: .current)
    }
    guard fsync(descriptor.rawValue) == 0 else {
      throw FileError(action: "sync", path: path, errno: .current)
    }
    return used
  }

  /// Work that begins to send what has been committed to the disk, so that `finish` need not wait for all of it; nil
  /// where that is little. It may be done on any thread, while the writer lives. What fails there fails in `finish`.
  public func sending() -> (@Sendable () -> Void)? {
    let (start, count) = (sentBytes, committedBytes - sentBytes)
    guard count >= 4 << 20 else { return nil }
    sentBytes = committedBytes
    return { [file = descriptor.rawValue] in
      _ = sync_file_range(file, start, count, UInt32(sync_file_range_write))
    }
  }

  private func commit() throws {
    try transaction?.commit()
    transaction = nil
    environment = nil
  }

  /// Opens the file and starts a transaction with room for `need` bytes and a batch.
  private func openIfNeeded(readOnly: Bool, need: Int) throws {
    guard environment == nil else { return }
    if readOnly {
      let environment = try LMDBEnvironment(path: path, flags: MDB_RDONLY)
      self.environment = environment
      transaction = try environment.transaction(flags: MDB_RDONLY)
      return
    }
    let used =
      try FileStamp(descriptor, path: path).bytes == 0
      ? 0 : LMDBEnvironment(path: path, flags: MDB_RDONLY).usedBytes()
    // As much as is there already, so that many small files reserve little space.
    committedBytes = used
    let batch = max(min(max(used, Self.leastBatch), batchBytes), need)
    // The rest is for the tree, the free list and the meta pages.
    let mapSize = used + batch + (used < batchBytes ? Self.leastBatch : 1 << 20)
    let environment = try LMDBEnvironment(
      path: path, flags: MDB_WRITEMAP | MDB_NOSYNC | MDB_NORDAHEAD, mapSize: mapSize)
    // liblmdb takes a file whose beginning it cannot read for a new one, and writes over it.
    guard try used == 0 || environment.usedBytes() == used else {
      throw FileError(action: "read", path: path, errno: .ioError)
    }
    let status = posix_fallocate(descriptor.rawValue, off_t(used), off_t(mapSize - used))
    guard status == 0 else {
      throw FileError(action: "reserve disk space", path: path, errno: Errno(rawValue: status))
    }
    self.environment = environment
    transaction = try environment.transaction(flags: 0)
    budget = batch
  }

  /// Counts what an earlier run committed, and cuts off what it was writing when it ended.
  ///
  /// - Throws: `DamagedRemainder` where the file is damaged, so that liblmdb must not open it.
  private func dropUncommittedPages() throws {
    guard try FileStamp(descriptor, path: path).bytes > 0 else { return }
    var used = 0
    do {
      let remainder = try LMDBSnapshot(path: path, unfinished: true)
      try remainder.checkForWriting(pageSize: pageSize)
      (used, committed) = (remainder.usedBytes, Int(remainder.main.entries))
    } catch let error as LMDBError where error.isForeign {
      // The earlier run was killed before it wrote the first meta page: start with an empty file.
      committed = 0
    } catch let error as FileError {
      throw error
    } catch {
      throw DamagedRemainder(fault: error)
    }
    guard ftruncate(descriptor.rawValue, off_t(committed == 0 ? 0 : used)) == 0 else {
      throw FileError(action: "truncate", path: path, errno: .current)
    }
  }
}

/// A resumed run found a stored value that it would have written differently.
public struct ResumeError: Error, CustomStringConvertible {
  /// The LMDB file's.
  public let path: String
  /// The value's key, or the number of the first value that did not come.
  public let key: String

  public var description: String {
    "\(path): entry '\(key)': expected what this run would write, found other bytes; the input changed since the interrupted run, or what that wrote was lost when the machine stopped"
  }
}
