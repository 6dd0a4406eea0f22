internal import Glibc
internal import SystemPackage

/// What lies directly in a folder, in the order of the names' bytes, without the files of `SystemLitter`.
struct FolderNames {
  /// A file, folder or link.
  struct Entry {
    var name: String
    /// Its format as in `st_mode`, of a link that of the link; nil where the file system does not tell it with the name.
    var format: mode_t?
  }

  private(set) var entries: [Entry] = []
  /// Names that are not UTF-8, with other bytes written as `\xE9`. Repaired into text, they would be the names of other
  /// files.
  private(set) var notUTF8: [String] = []

  /// - Throws: `FileError` where the folder cannot be read.
  init(_ path: String) throws {
    guard let handle = opendir(path) else {
      throw FileError(action: "open folder", path: path, errno: .current)
    }
    defer { closedir(handle) }
    // Names are sorted as bytes of one memory, which is much faster than as texts.
    var text: [UInt8] = []
    var places: [(name: Range<Int>, format: mode_t?)] = []
    while let entry = try nextEntry(of: handle, path) {
      withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
        let start = text.count
        text += bytes.prefix { $0 != 0 }
        let kind = mode_t(entry.pointee.d_type)
        places.append((start..<text.count, Int(kind) == Int(DT_UNKNOWN) ? nil : kind << 12))
      }
    }
    text.withUnsafeBytes { text in
      places.sort { left, right in
        let (left, right) = (text[left.name], text[right.name])
        return UnsafeRawBufferPointer(rebasing: left)
          .comesBefore(UnsafeRawBufferPointer(rebasing: right))
      }
      for place in places { add(text[place.name], place.format) }
    }
  }

  private mutating func add(_ bytes: Slice<UnsafeRawBufferPointer>, _ format: mode_t?) {
    guard let name = String(validating: bytes, as: UTF8.self) else {
      // A hidden file may be left by the system, so its name does not count.
      if bytes.first != UInt8(ascii: ".") { notUTF8.append(shown(bytes)) }
      return
    }
    if name != ".", name != "..", !SystemLitter.isName(name) {
      entries.append(Entry(name: name, format: format))
    }
  }
}

/// A folder's next entry; nil at its end.
///
/// - Throws: `FileError` where the folder cannot be read, which is not its end.
func nextEntry(
  of handle: OpaquePointer, _ path: String
) throws -> UnsafeMutablePointer<dirent>? {
  errno = 0
  let entry = readdir(handle)
  if entry == nil, errno != 0 {
    throw FileError(action: "read folder", path: path, errno: .current)
  }
  return entry
}
