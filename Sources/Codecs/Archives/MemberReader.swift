internal import CArchive
internal import Glibc

/// libarchive going from one member of an archive to the next: of a mapped file from an offset on, or of a stream.
final class MemberReader {
  private let handle: OpaquePointer
  /// The archive's, for messages.
  private let path: String
  /// What it has to be, for messages.
  private let kind: String
  /// nil for a stream.
  private let file: MappedFile?
  private let start: Int
  /// Where libarchive's next read begins. Its callbacks get `self` as their client data.
  fileprivate var position: Int
  private var hasHeaders = false

  struct Header {
    var path: String
    /// Whether the path stays inside the folder that the archive is unpacked into.
    var isSafe: Bool
    var isRegularFile: Bool
    /// Why it cannot be read though it stands for a file; nil of folders, and of hard links, which callers look up.
    var fault: LeftMember.Reason?
    /// For a hard link, the member whose file this one is too.
    var linked: String?
    var offset: Int
    var size: Int?
  }

  /// Reads a zip or tar from the header of one of its members on.
  ///
  /// - Throws: `ArchiveError` where it is none.
  convenience init(file: MappedFile, offset: Int) throws {
    self.init(file: file, path: file.path, kind: "zip or tar archive", start: offset)
    archive_read_support_format_tar(handle)
    // The streaming reader goes from local header to local header, so it can start at any of them.
    archive_read_support_format_zip_streamable(handle)
    archive_read_set_callback_data(handle, Unmanaged.passUnretained(self).toOpaque())
    archive_read_set_read_callback(handle) { _, client, buffer in
      MemberReader.from(client).read(into: buffer)
    }
    archive_read_set_skip_callback(handle) { _, client, count in
      MemberReader.from(client).skip(Int(count))
    }
    try check(archive_read_open1(handle))
  }

  /// Reads a tar forward, which may be compressed.
  ///
  /// - Parameters:
  ///   - descriptor: an open file or pipe, which stays open.
  ///   - path: its name in messages.
  /// - Throws: `ArchiveError` where it does not begin as a tar.
  convenience init(descriptor: Int32, path: String) throws {
    self.init(file: nil, path: path, kind: "tar", start: 0)
    archive_read_support_filter_all(handle)
    archive_read_support_format_tar(handle)
    try check(archive_read_open_fd(handle, descriptor, 1 << 16))
  }

  private init(file: MappedFile?, path: String, kind: String, start: Int) {
    (self.file, self.path, self.kind) = (file, path, kind)
    (self.start, position) = (start, start)
    guard let handle = archive_read_new() else {
      preconditionFailure("libarchive has no memory for a handle")
    }
    self.handle = handle
  }

  deinit { archive_read_free(handle) }

  func nextHeader() throws -> Header? {
    var entry: OpaquePointer?
    let status = archive_read_next_header(handle, &entry)
    if status == ARCHIVE_EOF { return nil }
    try check(status)
    hasHeaders = true
    guard let entry else { return nil }
    let (path, isUTF8) = name(of: entry)
    let isSafe = !path.hasPrefix("/") && !climbs(path)
    let isRegular = archive_entry_filetype(entry) == S_IFREG
    let fault = isUTF8 ? Self.fault(of: entry, path) : .nameNotUTF8
    return Header(
      path: Self.plain(path), isSafe: isSafe && isUTF8,
      isRegularFile: isRegular && fault == nil && !path.hasSuffix("/"), fault: fault,
      linked: archive_entry_hardlink(entry).map { Self.plain(String(cString: $0)) },
      offset: start + Int(archive_read_header_position(handle)),
      size: archive_entry_size_is_set(entry) != 0 ? Int(archive_entry_size(entry)) : nil)
  }

  /// A member's name. That of a tar which is not UTF-8 comes as in a listing, with other bytes written as `\xE9`.
  private func name(of entry: OpaquePointer) -> (text: String, isUTF8: Bool) {
    // Names that are marked as UTF-8 come in the system's encoding, or, where that lacks letters, not at all.
    guard let name = archive_entry_pathname(entry) else { return (storedName() ?? "", true) }
    let bytes = UnsafeRawBufferPointer(start: name, count: strlen(name))
    if isZip { return (ZipName.text(bytes), true) }
    return String(validating: bytes, as: UTF8.self).map { ($0, true) } ?? (shown(bytes), false)
  }

  /// The name in a zip's header that was read last, as it lies there.
  private func storedName() -> String? {
    let header = start + Int(archive_read_header_position(handle))
    return file?.withBytes { bytes in
      let fields = ZipFields(bytes: bytes)
      guard isZip, fields.has(30, at: header), fields.word(header) == ZipFields.localHeader,
        fields.has(30 + fields.half(header + 26), at: header)
      else { return nil }
      return ZipName.text(bytes[header + 30..<header + 30 + fields.half(header + 26)])
    }
  }

  private static func fault(of entry: OpaquePointer, _ path: String) -> LeftMember.Reason? {
    let kind = archive_entry_filetype(entry)
    if kind == S_IFDIR { return nil }
    if path.isEmpty { return .noName }
    if path.hasPrefix("/") { return .absolutePath }
    if climbs(path) { return .climbingPath }
    if archive_entry_hardlink(entry) != nil || kind == S_IFREG { return nil }
    guard kind == S_IFLNK else { return .notAFile }
    return .link(to: archive_entry_symlink(entry).map { String(cString: $0) } ?? "")
  }

  /// Whether the header that was read last is a zip's.
  var isZip: Bool { archive_format(handle) & ARCHIVE_FORMAT_BASE_MASK == ARCHIVE_FORMAT_ZIP }

  private static func plain(_ path: String) -> String {
    path.hasPrefix("./") ? String(path.dropFirst(2)) : path
  }

  /// The unpacked bytes of the member whose header was read last.
  ///
  /// - Parameters:
  ///   - size: in bytes, where its header states it.
  ///   - limit: no more are read.
  /// - Returns: nil where there are more.
  func contents(size: Int?, limit: Int) throws -> [UInt8]? {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(size ?? 65_536)
    while true {
      var base: UnsafeRawPointer?
      var (count, offset): (Int, Int64) = (0, 0)
      let status = archive_read_data_block(handle, &base, &count, &offset)
      if status == ARCHIVE_EOF { return bytes }
      // For libarchive a wrong checksum is only a warning.
      try check(status, worst: ARCHIVE_OK)
      guard bytes.count + count <= limit else { return nil }
      bytes.append(contentsOf: UnsafeRawBufferPointer(start: base, count: count))
    }
  }

  private func check(_ status: CInt, worst: CInt = ARCHIVE_WARN) throws {
    guard status < worst else { return }
    let reason = archive_error_string(handle).map { String(cString: $0) } ?? "an unknown format"
    guard hasHeaders else {
      throw ArchiveError(path: path, detail: "expected a \(kind), found: \(reason)")
    }
    // Said by libarchive as "Passphrase required for this entry" and "Encrypted file is unsupported".
    let isLocked = reason.contains("assphrase") || reason.contains("ncrypt")
    let found =
      isLocked
      ? "data behind a passphrase; unpack the archive with it and name the folder"
      : "damaged data (\(reason)); fetch the archive again, or pack it anew"
    throw ArchiveError(
      path: path, detail: "expected \(isLocked ? "an open" : "a whole") \(kind), found \(found)",
      found: found)
  }

  private static func from(_ client: UnsafeMutableRawPointer?) -> MemberReader {
    guard let client else { preconditionFailure("the callbacks are set with client data") }
    return Unmanaged<MemberReader>.fromOpaque(client).takeUnretainedValue()
  }

  private func read(into buffer: UnsafeMutablePointer<UnsafeRawPointer?>?) -> Int {
    file?.withBytes { bytes in
      let count = min(1 << 20, bytes.count - position)
      guard count > 0, let base = bytes.baseAddress else { return 0 }
      buffer?.pointee = base + position
      position += count
      return count
    } ?? 0
  }

  private func skip(_ count: Int) -> Int64 {
    let skipped = min(count, (file?.count ?? position) - position)
    position += skipped
    return Int64(skipped)
  }
}
