internal import Glibc
internal import SystemPackage

/// What tells that a file was written to.
struct FileStamp: Equatable {
  let bytes: Int
  private let seconds: Int
  private let nanoseconds: Int

  init(_ descriptor: FileDescriptor, path: String) throws {
    var status = stat()
    guard fstat(descriptor.rawValue, &status) == 0 else {
      throw FileError(action: "stat", path: path, errno: .current)
    }
    bytes = Int(status.st_size)
    (seconds, nanoseconds) = (status.st_mtim.tv_sec, status.st_mtim.tv_nsec)
  }
}

/// A file that somebody wrote to, or cut, while it was read.
public struct ChangedFile: Error, Equatable, CustomStringConvertible {
  public let path: String
  /// How large it was when it was opened, and when the change was seen.
  public let expectedBytes: Int
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
