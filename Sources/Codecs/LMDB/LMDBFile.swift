internal import SystemPackage

/// An LMDB file that is read by pread(2) and never mapped. If it gets shorter or is written to meanwhile, that is
/// an error and not a crash.
final class LMDBFile {
  let path: String
  private let descriptor: FileDescriptor
  private let stamp: FileStamp

  /// Its size in bytes when it was opened.
  var size: Int { stamp.bytes }

  /// - Throws: `FileError` where there is no such file, or it cannot be read or is not a regular file.
  init(path: String) throws {
    self.path = path
    let descriptor = try openForReading(path)
    do {
      stamp = try FileStamp(descriptor, path: path)
    } catch {
      try? descriptor.close()
      throw error
    }
    self.descriptor = descriptor
  }

  deinit { try? descriptor.close() }

  /// Fills `buffer` with the bytes at `offset`.
  ///
  /// - Throws: `ChangedFile` or `TruncatedLMDB` where the file ends before that; `FileError` where it cannot be
  ///   read.
  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws {
    let count = try readFully(descriptor, at: offset, into: buffer, path: path)
    guard count == buffer.count else {
      try checkUnchanged()
      throw TruncatedLMDB(
        path: path, expectedBytes: offset + buffer.count, foundBytes: offset + count)
    }
  }

  /// - Throws: `ChangedFile` where the file is not as it was when it was opened.
  func checkUnchanged() throws {
    try stamp.checkUnchanged(descriptor, path: path)
  }

  /// The error for a faulty page. If the file was changed meanwhile, that explains the fault and is the error.
  func fault(page: Int, pageSize: Int, _ detail: String) -> any Error {
    do { try checkUnchanged() } catch { return error }
    return DamagedLMDB(path: path, page: page, offset: page * pageSize, detail: detail)
  }
}
