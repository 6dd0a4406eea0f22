internal import Glibc
internal import SystemPackage

/// All names in a folder, except `.` and `..`. Names that are not UTF-8 are repaired, and then name no file.
func entries(of folder: String) throws -> [String] {
  guard let handle = opendir(folder) else {
    throw FileError(action: "open folder", path: folder, errno: .current)
  }
  defer { closedir(handle) }
  var names: [String] = []
  while let entry = try nextEntry(of: handle, folder) {
    let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
      String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
    if name != ".", name != ".." { names.append(name) }
  }
  return names
}

/// Whether something exists at a path; links are not followed.
///
/// - Throws: `FileError` where this cannot be found out. What cannot be looked at is not absent.
func isThere(_ path: String) throws -> Bool {
  var status = stat()
  if lstat(path, &status) == 0 { return true }
  if Errno.current.saysAbsent { return false }
  throw FileError(action: "stat", path: path, errno: .current)
}

/// All bytes of a small file.
func wholeFile(_ path: String) throws -> [UInt8] {
  try MappedFile(path: path).withBytes { Array($0) }
}

/// Removes a file, a link (but not its target), or a folder with everything in it.
func removeTree(_ path: String) throws {
  var status = stat()
  guard lstat(path, &status) == 0 else {
    if errno == ENOENT { return }
    throw FileError(action: "remove", path: path, errno: .current)
  }
  if status.st_mode & S_IFMT == S_IFDIR {
    for name in try entries(of: path) { try removeTree(path + "/" + name) }
    guard rmdir(path) == 0 else {
      throw FileError(action: "remove", path: path, errno: .current)
    }
  } else {
    try removeEntry(path)
  }
}

/// Gives a file or folder another name, and replaces what has that name.
func renameEntry(_ path: String, to target: String) throws {
  guard rename(path, target) == 0 else {
    throw FileError(action: "rename", path: target, errno: .current)
  }
}

/// Removes a file or link, if it is there.
func removeEntry(_ path: String) throws {
  guard unlink(path) == 0 || errno == ENOENT else {
    throw FileError(action: "remove", path: path, errno: .current)
  }
}

/// Writes a small file. It appears under its name only when it is whole and on the disk.
func writeWhole(_ path: String, _ bytes: some Collection<UInt8>) throws {
  let file = try OutputFile(path: path + ".new")
  try file.write(bytes)
  try file.finish()
  try renameEntry(path + ".new", to: path)
}
