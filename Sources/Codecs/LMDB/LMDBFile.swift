internal import Glibc
internal import SystemPackage

/// An LMDB file that is read by pread(2) and never mapped: where it gets shorter or is written to meanwhile, that is an
/// error and not the process's end.
final class LMDBFile {
  /// What tells that a file was written to.
  private struct Stamp: Equatable {
    let bytes: Int
    let seconds: Int
    let nanoseconds: Int

    init(_ descriptor: FileDescriptor, path: String) throws {
      var status = stat()
      guard fstat(descriptor.rawValue, &status) == 0 else {
        throw FileError(action: "stat", path: path, errno: .current)
      }
      bytes = Int(status.st_size)
      (seconds, nanoseconds) = (status.st_mtim.tv_sec, status.st_mtim.tv_nsec)
    }
  }

  let path: String
  private let descriptor: FileDescriptor
  private let stamp: Stamp

  /// How large it was when it was opened.
  var size: Int { stamp.bytes }

  /// - Throws: `FileError` where there is no such file, or none that can be read.
  init(path: String) throws {
    self.path = path
    let descriptor = try openForReading(path)
    do {
      _ = try fileSize(of: descriptor, path: path)
      stamp = try Stamp(descriptor, path: path)
    } catch {
      try? descriptor.close()
      throw error
    }
    self.descriptor = descriptor
  }

  deinit { try? descriptor.close() }

  /// Fills `buffer` with the bytes at `offset`.
  ///
  /// - Throws: `ChangedLMDB` or `TruncatedLMDB` where the file ends before; `FileError`.
  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws {
    var count = 0
    while count < buffer.count {
      let step: Int
      do {
        step = try descriptor.read(
          fromAbsoluteOffset: Int64(offset + count),
          into: UnsafeMutableRawBufferPointer(rebasing: buffer[count...]))
      } catch let error as Errno {
        throw FileError(action: "read", path: path, errno: error)
      }
      guard step > 0 else {
        try checkUnchanged()
        throw TruncatedLMDB(
          path: path, expectedBytes: offset + buffer.count, foundBytes: offset + count)
      }
      count += step
    }
  }

  /// - Throws: `ChangedLMDB` where the file is not what it was when it was opened.
  func checkUnchanged() throws {
    let now = try Stamp(descriptor, path: path)
    guard now == stamp else {
      throw ChangedLMDB(path: path, expectedBytes: stamp.bytes, foundBytes: now.bytes)
    }
  }

  /// The error for a page that is not as it should be: a change of the file explains whatever is wrong.
  func fault(page: Int, pageSize: Int, _ detail: String) -> any Error {
    do { try checkUnchanged() } catch { return error }
    return DamagedLMDB(path: path, page: page, offset: page * pageSize, detail: detail)
  }
}
