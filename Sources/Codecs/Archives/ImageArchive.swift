internal import CArchive
internal import Glibc

/// A zip or tar file whose members are read in place and in any order.
///
/// libarchive reads from front to back. One pass over the headers of the memory-mapped file notes where each
/// member begins. A member is then read by opening libarchive at that place. Members whose paths are absolute or
/// contain `..` are left out of the index, as they could lie outside of a folder.
public final class ImageArchive: Sendable {
  private let file: MappedFile
  private let members: [String: Member]

  private struct Member: Sendable {
    var offset: Int
    /// Size of the unpacked data in bytes, where the header states it.
    var size: Int?
  }

  /// Whether a path names an archive of any kind. The file's content decides; where there is no such file, or it
  /// is not recognised as an archive, the path's ending does.
  public static func isArchive(_ path: String) -> Bool {
    if let signature = try? FileSignature(path: path), signature.isArchive { return true }
    guard !isFolder(path) else { return false }
    return hasEnding(path)
  }

  /// Whether a name ends as those of archives that are read.
  static func hasEnding(_ path: String) -> Bool {
    let name = path.lowercased()
    return [".zip", ".tar", ".tgz", ".tar.gz", ".tar.xz", ".tar.bz2", ".tar.zst"].contains {
      name.hasSuffix($0)
    }
  }

  /// Opens an archive and lists its members. A compressed tar is unpacked first (`PackedFile`).
  ///
  /// - Throws: `FileError` where the file cannot be read; `ArchiveError` where it is not a readable archive, or is a zip
  ///   that contradicts itself.
  public init(path: String) throws {
    switch try? FileSignature(path: path) {
    case .compressed(let program, _):
      let inner = try PackedFile.open(path).signature
      guard inner == .tar else {
        throw ArchiveError(
          path: path,
          detail:
            "expected a zip or tar, found \(inner.description) that is packed by \(program)")
      }
    case nil, .zip, .tar, .npz, .binary: break
    case let signature?:
      let remedy = signature.isArchive ? "; unpack it and name the folder" : ""
      throw ArchiveError(
        path: path,
        detail: "expected a zip or tar archive, found: \(signature.description)\(remedy)")
    }
    file = try PackedFile.open(path)
    var found: [String: Member] = [:]
    var count = 0
    let reader = try MemberReader(file: file, offset: 0)
    while let header = try reader.nextHeader() {
      count += 1
      // A tar holds a file with two names only once.
      if let first = header.linked, let member = found[first], header.isSafe {
        found[header.path] = member
        continue
      }
      guard header.isRegularFile, !header.path.isEmpty, !SystemLitter.isLitter(header.path)
      else { continue }
      found[header.path] = Member(offset: header.offset, size: header.size)
    }
    members = found
    if reader.isZip { try checkDirectory(ofMembers: count) }
  }

  /// Checks that a zip's directory agrees with the headers before its members. Where they differ, programs see
  /// different images in it.
  private func checkDirectory(ofMembers count: Int) throws {
    do {
      let listed = try file.withBytes { bytes in
        let directory = try ZipDirectory(bytes, mostMembers: .max)
        try directory.checkLocalHeaders(bytes)
        return directory.members
      }
      guard listed.count == count, Set(listed.map(\.headerOffset)).count == count else {
        throw NPYError(
          name: "zip",
          detail:
            "expected the directory at its end to list its \(count) members, found \(listed.count) listed"
        )
      }
    } catch let error as NPYError {
      throw ArchiveError(path: file.path, detail: "\(error.detail); pack it anew")
    }
  }

  /// The paths of all files in it.
  var names: some Collection<String> { members.keys }

  /// The paths of all files with the sizes of their unpacked data, where headers state these.
  var files: [(name: String, size: Int?)] { members.map { ($0.key, $0.value.size) } }

  func contains(_ name: String) -> Bool { members[name] != nil }

  /// The full name of a member: `path` itself, or `path` below a leading folder of the archive. nil where there
  /// is no such member.
  ///
  /// WIDER's own zips hold `WIDER_train/images/...` where annotations say `0--Parade/...`.
  ///
  /// - Parameters:
  ///   - path: as an annotation spells it.
  ///   - prefix: the leading folder; "" for none.
  public func name(ofMember path: String, below prefix: String) -> String? {
    let full = prefix.isEmpty ? path : prefix + "/" + path
    return members[full] == nil ? nil : full
  }

  /// The folders, shortest first, below which there is a member `path`: "" or "WIDER_train/images", for example.
  public func prefixes(of path: String) -> [String] {
    var prefixes: [String] = []
    for name in members.keys {
      if name == path {
        prefixes.append("")
      } else if name.hasSuffix("/" + path) {
        prefixes.append(String(name.dropLast(path.count + 1)))
      }
    }
    return prefixes.sorted { ($0.count, $0) < ($1.count, $1) }
  }

  /// A member's unpacked bytes.
  ///
  /// - Parameters:
  ///   - name: the full name, as `name(ofMember:below:)` gives it.
  ///   - limit: members of more bytes are refused before memory is taken for them.
  /// - Throws: `ArchiveError` where there is no such member, or its data are broken or over the limit.
  public func contents(ofMember name: String, limit: Int) throws -> [UInt8] {
    guard let member = members[name] else {
      throw ArchiveError(path: file.path, detail: "member '\(name)': expected one, found none")
    }
    if let size = member.size, size > limit { throw tooLarge(name, limit) }
    let reader = try MemberReader(file: file, offset: member.offset)
    guard try reader.nextHeader() != nil else {
      throw ArchiveError(path: file.path, detail: "member '\(name)': expected data, found none")
    }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(member.size ?? 65_536)
    try reader.readData { chunk in
      guard bytes.count + chunk.count <= limit else { throw tooLarge(name, limit) }
      bytes.append(contentsOf: chunk)
    }
    return bytes
  }

  private func tooLarge(_ name: String, _ limit: Int) -> ArchiveError {
    ArchiveError(
      path: file.path, detail: "member '\(name)': expected at most \(limit) bytes, found more",
      isOversized: true)
  }
}

/// A failed archive operation.
public struct ArchiveError: Error, CustomStringConvertible {
  /// The archive's.
  public let path: String
  /// "expected X, found Y", with the member where one is to blame.
  public let detail: String
  /// Whether the reason is a member larger than the caller's limit.
  var isOversized = false

  public var description: String { "\(path): \(detail)" }
}

/// libarchive reading a mapped file from an offset on.
private final class MemberReader {
  private let file: MappedFile
  private let handle: OpaquePointer
  private let start: Int
  /// Where libarchive's next read begins. Its callbacks get `self` as their client data.
  fileprivate var position: Int

  struct Header {
    var path: String
    /// Whether the path stays inside the folder that the archive is unpacked into.
    var isSafe: Bool
    var isRegularFile: Bool
    /// For a hard link, the member whose file this one is too.
    var linked: String?
    var offset: Int
    var size: Int?
  }

  init(file: MappedFile, offset: Int) throws {
    self.file = file
    start = offset
    position = offset
    guard let handle = archive_read_new() else {
      preconditionFailure("libarchive has no memory for a handle")
    }
    self.handle = handle
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

  deinit { archive_read_free(handle) }

  func nextHeader() throws -> Header? {
    var entry: OpaquePointer?
    let status = archive_read_next_header(handle, &entry)
    if status == ARCHIVE_EOF { return nil }
    try check(status)
    guard let entry else { return nil }
    // Names that are not UTF-8 come as raw bytes. Those of a tar are repaired, so looking them up fails later,
    // with a place.
    let path =
      archive_entry_pathname(entry).map { name in
        isZip
          ? ZipName.text(UnsafeRawBufferPointer(start: name, count: strlen(name)))
          : String(cString: name)
      } ?? ""
    let isSafe = !path.hasPrefix("/") && !climbs(path)
    let isRegular = archive_entry_filetype(entry) == S_IFREG
    return Header(
      path: Self.plain(path), isSafe: isSafe,
      isRegularFile: isRegular && isSafe && !path.hasSuffix("/"),
      linked: archive_entry_hardlink(entry).map { Self.plain(String(cString: $0)) },
      offset: start + Int(archive_read_header_position(handle)),
      size: archive_entry_size_is_set(entry) != 0 ? Int(archive_entry_size(entry)) : nil)
  }

  /// Whether the header that was read last is a zip's.
  var isZip: Bool { archive_format(handle) & ARCHIVE_FORMAT_BASE_MASK == ARCHIVE_FORMAT_ZIP }

  private static func plain(_ path: String) -> String {
    path.hasPrefix("./") ? String(path.dropFirst(2)) : path
  }

  func readData(_ body: (UnsafeRawBufferPointer) throws -> Void) throws {
    while true {
      var base: UnsafeRawPointer?
      var (count, offset): (Int, Int64) = (0, 0)
      let status = archive_read_data_block(handle, &base, &count, &offset)
      if status == ARCHIVE_EOF { return }
      // For libarchive a wrong checksum is only a warning.
      try check(status, worst: ARCHIVE_OK)
      try body(UnsafeRawBufferPointer(start: base, count: count))
    }
  }

  private func check(_ status: CInt, worst: CInt = ARCHIVE_WARN) throws {
    guard status < worst else { return }
    let reason = archive_error_string(handle).map { String(cString: $0) } ?? "an unknown format"
    throw ArchiveError(path: file.path, detail: "expected a zip or tar archive, found: \(reason)")
  }

  private static func from(_ client: UnsafeMutableRawPointer?) -> MemberReader {
    guard let client else { preconditionFailure("the callbacks are set with client data") }
    return Unmanaged<MemberReader>.fromOpaque(client).takeUnretainedValue()
  }

  private func read(into buffer: UnsafeMutablePointer<UnsafeRawPointer?>?) -> Int {
    file.withBytes { bytes in
      let count = min(1 << 20, bytes.count - position)
      guard count > 0, let base = bytes.baseAddress else { return 0 }
      buffer?.pointee = base + position
      position += count
      return count
    }
  }

  private func skip(_ count: Int) -> Int64 {
    let skipped = min(count, file.count - position)
    position += skipped
    return Int64(skipped)
  }
}
