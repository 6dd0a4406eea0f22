internal import CArchive
internal import Synchronization
internal import SystemPackage

/// Files that gzip, bzip2, xz or zstd have packed as one stream. Nothing in such a stream can be reached without all that is
/// before it, so it is unpacked once a run, to a temporary file without a name.
public enum PackedFile {
  /// The greatest size of what is unpacked, for a stream of a few bytes can stand for a full disk: this many times the
  /// packed size, and 64 MiB. Records of drawn faces, which are the most alike, shrink to an eightieth.
  static let greatestRatio = 256
  private static let allowance = 64 << 20

  private struct Unpacked {
    /// Kept open, so that a change of it during the run is found.
    var packed: MappedFile
    var contents: MappedFile
  }

  private static let unpacked = Mutex<[String: Unpacked]>([:])
  private static let listener = Mutex<(@Sendable (String) -> Void)?>(nil)

  /// Has each unpacking told, in a sentence with its cost.
  public static func tell(_ listener: (@Sendable (String) -> Void)?) {
    Self.listener.withLock { $0 = listener }
  }

  /// Opens a file; what it holds where it is a packed stream.
  ///
  /// - Parameter path: `-` is standard input, which is taken as it is.
  /// - Throws: `ArchiveError` where the stream is broken or unpacks to too much; `FileError`.
  public static func open(_ path: String) throws -> MappedFile {
    let packed = try MappedFile(path: path)
    guard path != "-", case .compressed(let program, _) = packed.signature else { return packed }
    return try unpacked.withLock { files in
      if let known = files[path] { return known.contents }
      let contents = try packed.withBytes { try unpack($0, path: path, by: program) }
      files[path] = Unpacked(packed: packed, contents: contents)
      listener.withLock {
        $0?(
          "unpacked  \(path): \(contents.count) bytes to a temporary file, as each run must; \(remedy(program)) once saves that"
        )
      }
      return contents
    }
  }

  /// A file's name without the ending that such a program gives it.
  public static func plainName(_ name: String) -> String {
    [".gz", ".bz2", ".xz", ".zst"].reduce(name) { $0.withoutSuffix($1) }
  }

  private static func remedy(_ program: String) -> String {
    ["gzip": "gunzip", "bzip2": "bunzip2", "xz": "unxz", "zstd": "unzstd"][program] ?? "unpacking"
  }

  private static func unpack(
    _ bytes: UnsafeRawBufferPointer, path: String, by program: String
  ) throws -> MappedFile {
    guard let handle = archive_read_new() else {
      preconditionFailure("libarchive has no memory for a handle")
    }
    defer { archive_read_free(handle) }
    archive_read_support_filter_all(handle)
    archive_read_support_format_raw(handle)
    func broken() -> ArchiveError {
      let reason =
        archive_error_string(handle).map { String(cString: $0) } ?? "its first bytes alone"
      return ArchiveError(
        path: path, detail: "expected a whole file packed by \(program), found: \(reason)")
    }
    var entry: OpaquePointer?
    guard archive_read_open_memory(handle, bytes.baseAddress, bytes.count) == ARCHIVE_OK,
      archive_read_next_header(handle, &entry) == ARCHIVE_OK
    else { throw broken() }
    // What libarchive does not know as packed it gives as it is.
    guard archive_filter_code(handle, 0) != ARCHIVE_FILTER_NONE else { throw broken() }
    let file = try namelessTemporaryFile()
    return try file.closeAfter {
      let limit = bytes.count * greatestRatio + allowance
      var total = 0
      while true {
        var base: UnsafeRawPointer?
        var (count, offset): (Int, Int64) = (0, 0)
        let status = archive_read_data_block(handle, &base, &count, &offset)
        if status == ARCHIVE_EOF { break }
        guard status == ARCHIVE_OK else { throw broken() }
        total += count
        guard total <= limit else {
          throw ArchiveError(
            path: path,
            detail:
              "expected at most \(greatestRatio) times \(bytes.count) bytes, found more; unpack it yourself if you trust it"
          )
        }
        do {
          _ = try file.writeAll(UnsafeRawBufferPointer(start: base, count: count))
        } catch let error as Errno {
          throw FileError(action: "unpack to a temporary file", path: path, errno: error)
        }
      }
      return try MappedFile(file, path: path)
    }
  }
}
