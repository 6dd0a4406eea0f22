internal import CLMDB
internal import Glibc
internal import SystemPackage

/// Writes one LMDB file from empty to whole, in batches, so that a run that was killed can go on
/// where its last batch ended and give the same bytes.
///
/// Values are filled in place: `MDB_RESERVE` hands out room in the memory map (`MDB_WRITEMAP`). Large
/// contents, the images, are not stored through the map, where each page costs a fault, but written
/// to the file at that place (`ValueRoom`); map and file share the page cache, so both
/// ways see the same bytes. Before a batch, disk space for all it may need is reserved with
/// `posix_fallocate`: a full disk is then an ordinary error and not a SIGBUS, and LMDB never runs out
/// of map. After each batch the file is opened anew, so that the allocator's state depends on
/// the file alone and never on how the run came there; this is what makes a resumed file equal.
public final class LMDBWriter {
  public let path: String
  private let descriptor: FileDescriptor
  private let append: Bool
  private let batchBytes: Int
  private var environment: LMDBEnvironment?
  private var transaction: LMDBTransaction?
  /// Room in the map that this batch may still use.
  private var budget = 0
  private let pageSize = Int(sysconf(CInt(_SC_PAGESIZE)))
  /// Values an earlier run committed; the first `put`s must repeat them and are compared, not written.
  private var committed = 0
  private var position = 0

  private static let leastBatch = 1 << 18

  /// What `put` did with a value.
  public enum Outcome: Sendable { case written, alreadyThere }

  /// - Parameters:
  ///   - append: promise that keys come in ascending byte order, which fills pages better.
  ///   - resume: go on with the file at `path` where there is one; otherwise it is replaced.
  ///   - batchBytes: how much a transaction may hold before it is committed, once the file is that large.
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

  /// Whether the first `put`s of this run repeat a batch committed before.
  public var isReplaying: Bool { position < committed }

  /// Stores a value of `count` bytes, which `fill` writes into LMDB's own pages.
  ///
  /// On a value of an earlier run, `isSame` is asked instead, with the stored bytes.
  ///
  /// - Throws: `LMDBError`, `FileError` (a full disk), what the closures throw, or
  ///   `ResumeError` where a stored value differs.
  public func put(
    key: [UInt8], count: Int, fill: (ValueRoom) throws -> Void,
    isSame: (UnsafeRawBufferPointer) throws -> Bool
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
    // The value's own pages, and at worst a copy and a split of each level of the tree.
    let need = (count / pageSize + 2 + 10) * pageSize
    if transaction != nil, need > budget { try commit() }
    try openIfNeeded(readOnly: false, need: need)
    budget -= need
    guard let room = try transaction?.reserve(key, count: count, append: append) else {
      preconditionFailure("a transaction was opened above")
    }
    try fill(ValueRoom(room, of: descriptor, path: path, pageSize: pageSize))
    return .written
  }

  /// Ends the file: commits, cuts it to the pages in use and waits until it is on the disk.
  ///
  /// - Returns: the file's size in bytes.
  @discardableResult
  public func finish() throws -> Int {
    guard !isReplaying else {
      throw ResumeError(path: path, key: "\(position)")
    }
    // A file without a single value is still to be a valid one.
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
    // As much as there is already, so that many small files ask for little room.
    let batch = max(min(max(used, Self.leastBatch), batchBytes), need)
    // What is beside the batch serves the tree, the free list and the meta pages.
    let mapSize = used + batch + (used < batchBytes ? Self.leastBatch : 1 << 20)
    let environment = try LMDBEnvironment(
      path: path, flags: MDB_WRITEMAP | MDB_NOSYNC | MDB_NORDAHEAD, mapSize: mapSize)
    let status = posix_fallocate(descriptor.rawValue, off_t(used), off_t(mapSize - used))
    guard status == 0 else {
      throw FileError(action: "reserve disk space", path: path, errno: Errno(rawValue: status))
    }
    self.environment = environment
    transaction = try environment.transaction(flags: 0)
    budget = batch
  }

  /// Counts what an earlier run committed and zeroes what it was writing when it ended.
  ///
  /// - Throws: `DamagedRemainder` where liblmdb must not be given the file.
  private func dropUncommittedPages() throws {
    guard try FileStamp(descriptor, path: path).bytes > 0 else { return }
    var used = 0
    do {
      let remainder = try LMDBSnapshot(path: path, unfinished: true)
      try remainder.checkForWriting(pageSize: pageSize)
      (used, committed) = (remainder.usedBytes, Int(remainder.main.entries))
    } catch let error as LMDBError where error.isForeign {
      // Killed before the first meta page was written: start from empty.
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

/// A resumed run met a stored value that it would have written differently.
public struct ResumeError: Error, CustomStringConvertible {
  public let path: String
  public let key: String

  public var description: String {
    "\(path): entry '\(key)': expected what this run would write, found other bytes; the input changed since the interrupted run, or what that wrote was lost when the machine stopped"
  }
}
