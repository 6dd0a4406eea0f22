internal import CLinux
internal import Glibc
internal import SystemPackage

/// Copies the first `count` bytes of an open file to a new file: by sharing its blocks where the file system can do
/// that, else within the system, else through memory.
///
/// - Parameters:
///   - source: an open file, whose position is not used.
///   - sourcePath: what an error calls it.
///   - path: where the copy goes; what is there is replaced.
/// - Throws: `FileError` where the copy cannot be made, or the source has fewer bytes.
func copyFile(
  _ source: FileDescriptor, path sourcePath: String, count: Int, to path: String
) throws {
  let target = try openForWriting(path, [.create, .truncate])
  do {
    try fill(target, from: source, sourcePath, count, path)
    try target.close()
  } catch {
    try? target.close()
    throw error
  }
}

private func fill(
  _ target: FileDescriptor, from source: FileDescriptor, _ sourcePath: String, _ count: Int,
  _ path: String
) throws {
  if clone_file(target.rawValue, source.rawValue) == 0 {
    // A clone is of the whole file, which may have changed since it was measured.
    if try FileStamp(target, path: path).bytes == count { return }
    guard ftruncate(target.rawValue, 0) == 0 else {
      throw FileError(action: "write", path: path, errno: .current)
    }
  }
  var (from, to) = (0, 0)
  while to < count {
    let step = copy_file_range(
      source.rawValue, &from, target.rawValue, &to, UInt(count - to), 0)
    if step > 0 || step < 0 && Errno.current == .interrupted { continue }
    let errno = Errno.current
    if step < 0, errno == .noSpace || errno == .diskQuotaExceeded {
      throw FileError(action: "write", path: path, errno: errno)
    }
    // Some file systems refuse it, and some find nothing in their files by it. Reading says which.
    return try copyThroughMemory(target, from: source, sourcePath, to..<count, path)
  }
}

private func copyThroughMemory(
  _ target: FileDescriptor, from source: FileDescriptor, _ sourcePath: String, _ range: Range<Int>,
  _ path: String
) throws {
  let piece = 1 << 18
  var position = range.lowerBound
  while position < range.upperBound {
    let end = min(position + piece, range.upperBound)
    let bytes = try readBytes(source, position..<end, path: sourcePath)
    guard bytes.count == end - position else {
      throw FileError(
        action: "read an image that became shorter during the run", path: sourcePath,
        errno: .ioError)
    }
    do {
      try target.writeAll(toAbsoluteOffset: Int64(position), bytes)
    } catch let error as Errno {
      throw FileError(action: "write", path: path, errno: error)
    }
    position = end
  }
}
