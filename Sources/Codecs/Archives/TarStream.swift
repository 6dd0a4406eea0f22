internal import CArchive
internal import Glibc

/// A tar that is read forward, once, as it comes through a pipe; a compressed one is unpacked on the way.
///
/// Nothing of it is kept but the file that was read last. Files whose paths are absolute or contain `..` are left out, as
/// in `ImageArchive`.
public final class TarStream {
  private let handle: OpaquePointer
  /// The name of the stream in messages.
  public let path: String
  private var size: Int?

  /// - Parameters:
  ///   - descriptor: an open file or pipe; 0 is standard input.
  ///   - path: the name of the stream in messages.
  /// - Throws: `ArchiveError` where it does not begin as a tar.
  public init(descriptor: Int32, path: String) throws {
    self.path = path
    guard let handle = archive_read_new() else {
      preconditionFailure("libarchive has no memory for a handle")
    }
    self.handle = handle
    archive_read_support_filter_all(handle)
    archive_read_support_format_tar(handle)
    try check(archive_read_open_fd(handle, descriptor, 1 << 16))
  }

  deinit { archive_read_free(handle) }

  /// The path of the next regular file; nil at the end.
  ///
  /// - Throws: `ArchiveError` where the stream is broken or ends too early.
  public func next() throws -> String? {
    while true {
      var entry: OpaquePointer?
      let status = archive_read_next_header(handle, &entry)
      if status == ARCHIVE_EOF { return nil }
      try check(status)
      guard let entry, let name = archive_entry_pathname(entry).map({ String(cString: $0) }),
        archive_entry_filetype(entry) == S_IFREG, archive_entry_hardlink(entry) == nil,
        !name.hasPrefix("/"), !climbs(name), !name.hasSuffix("/")
      else { continue }
      size = archive_entry_size_is_set(entry) != 0 ? Int(archive_entry_size(entry)) : nil
      let path = name.hasPrefix("./") ? String(name.dropFirst(2)) : name
      guard !path.isEmpty, !SystemLitter.isLitter(path) else { continue }
      return path
    }
  }

  /// The bytes of the file that `next` gave last.
  ///
  /// - Parameter limit: a file of more bytes is passed over.
  /// - Returns: nil where it is larger.
  /// - Throws: `ArchiveError` where the stream is broken or ends too early.
  public func contents(limit: Int) throws -> [UInt8]? {
    if let size, size > limit { return nil }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(size ?? 65_536)
    while true {
      var base: UnsafeRawPointer?
      var (count, offset): (Int, Int64) = (0, 0)
      let status = archive_read_data_block(handle, &base, &count, &offset)
      if status == ARCHIVE_EOF { return bytes }
      try check(status, worst: ARCHIVE_OK)
      guard bytes.count + count <= limit else { return nil }
      bytes.append(contentsOf: UnsafeRawBufferPointer(start: base, count: count))
    }
  }

  private func check(_ status: CInt, worst: CInt = ARCHIVE_WARN) throws {
    guard status < worst else { return }
    let reason = archive_error_string(handle).map { String(cString: $0) } ?? "an unknown format"
    throw ArchiveError(path: path, detail: "expected a tar, found: \(reason)")
  }
}
