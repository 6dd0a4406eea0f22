internal import CArchive
internal import SystemPackage

/// Writes a tar file in the ustar format through libarchive, member after member. Equal members give equal bytes.
public final class TarWriter {
  private let handle: OpaquePointer
  private let path: String

  /// Makes the file, or replaces what is there.
  ///
  /// - Throws: `FileError` where it cannot be made.
  public init(path: String) throws {
    self.path = path
    guard let handle = archive_write_new() else {
      preconditionFailure("libarchive has no memory for a handle")
    }
    self.handle = handle
    archive_write_set_format_ustar(handle)
    // At the end there are whole records of 512 bytes, and no padding to the block of a tape.
    archive_write_set_bytes_per_block(handle, 0)
    try check(archive_write_open_filename(handle, path))
  }

  deinit { archive_write_free(handle) }

  /// Adds a regular file with mode 644 and time 0.
  ///
  /// - Parameters:
  ///   - name: its path in the archive.
  ///   - bytes: the whole file.
  /// - Throws: `FileError` where it cannot be written, or ustar cannot hold the name or size.
  public func add(_ name: String, _ bytes: UnsafeRawBufferPointer) throws {
    guard let entry = archive_entry_new() else {
      preconditionFailure("libarchive has no memory for an entry")
    }
    defer { archive_entry_free(entry) }
    archive_entry_set_pathname(entry, name)
    archive_entry_set_size(entry, Int64(bytes.count))
    archive_entry_set_filetype(entry, 0o100000)
    archive_entry_set_perm(entry, 0o644)
    archive_entry_set_mtime(entry, 0, 0)
    try check(archive_write_header(handle, entry))
    guard archive_write_data(handle, bytes.baseAddress, bytes.count) == bytes.count else {
      throw failure()
    }
  }

  /// Writes the end of the archive and closes the file.
  ///
  /// - Throws: `FileError` where it cannot be written.
  public func finish() throws { try check(archive_write_close(handle)) }

  private func check(_ status: CInt) throws {
    if status < ARCHIVE_WARN { throw failure() }
  }

  private func failure() -> FileError {
    let code = archive_errno(handle)
    return FileError(
      action: "write", path: path, errno: code > 0 ? Errno(rawValue: code) : .ioError)
  }
}
