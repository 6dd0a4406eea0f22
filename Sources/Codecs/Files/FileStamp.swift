internal import Glibc
internal import SystemPackage

/// Size and modification time of a regular file, which show that it was written to.
struct FileStamp: Equatable {
  let bytes: Int
  private let seconds: Int
  private let nanoseconds: Int

  /// - Throws: `FileError` where the open file is not a regular file.
  init(_ descriptor: FileDescriptor, path: String) throws {
    var status = stat()
    guard fstat(descriptor.rawValue, &status) == 0 else {
      throw FileError(action: "stat", path: path, errno: .current)
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw FileError(
        action: "read", path: path,
        errno: status.st_mode & S_IFMT == S_IFDIR ? .isDirectory : .invalidArgument)
    }
    bytes = Int(status.st_size)
    (seconds, nanoseconds) = (status.st_mtim.tv_sec, status.st_mtim.tv_nsec)
  }

  /// - Throws: `ChangedFile` where the file is not as it was when the stamp was taken.
  func checkUnchanged(_ descriptor: FileDescriptor, path: String) throws {
    let now = try FileStamp(descriptor, path: path)
    guard now == self else {
      throw ChangedFile(path: path, expectedBytes: bytes, foundBytes: now.bytes)
    }
  }
}

/// A file that was written to, or cut, while it was read.
public struct ChangedFile: Error, Equatable, CustomStringConvertible {
  /// As it was opened.
  public let path: String
  /// Its size when it was opened, in bytes.
  public let expectedBytes: Int
  /// Its size when the change was seen. Where that is equal, the modification time has changed.
  public let foundBytes: Int

  public var description: String {
    let (expected, found) =
      expectedBytes == foundBytes
      ? ("the modification time that it had", "a later one")
      : ("\(expectedBytes) bytes", "\(foundBytes)")
    return
      "\(path): changed while it was read: expected \(expected), found \(found); read it when nothing writes it"
  }
}
