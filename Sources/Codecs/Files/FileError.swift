internal import Glibc
public import SystemPackage

/// A failed file operation: what was tried, on which path, and the system's reason.
public struct FileError: Error, CustomStringConvertible {
  /// What was tried, as in messages: "open", "read", "create".
  public let action: String
  /// The path it was tried on, or the name by which messages call the file.
  public let path: String
  /// The system's reason.
  public let errno: Errno

  /// From the three parts of its text.
  public init(action: String, path: String, errno: Errno) {
    self.action = action
    self.path = path
    self.errno = errno
  }

  /// Whether there is no such file, or what is there is of another kind than expected, such as a folder.
  public var isMissing: Bool {
    // A file that cannot get its name is not missing.
    action != "rename"
      && [
        .noSuchFileOrDirectory, .notDirectory, .isDirectory, .tooManySymbolicLinkLevels,
        .invalidArgument, .fileNameTooLong,
      ].contains(errno)
  }

  /// Whether the file is larger than the reader's limit.
  public var isTooLarge: Bool { errno == .fileTooLarge }

  /// Whether a disk, or the user's share of it, is full.
  public var isDiskFull: Bool { errno == .noSpace || errno == .diskQuotaExceeded }

  /// Whether the reader of standard output has closed it.
  public var isBrokenPipe: Bool { errno == .brokenPipe && path == "standard output" }

  public var description: String {
    if errno == .ioError {
      return
        "\(path): \(action): \(errno); the disk fails there: use another, or see what the system's log says of it"
    }
    if errno == .invalidArgument, action == "read" {
      return
        "\(path): read: expected a file, found a pipe or device, which cannot be read twice; write it to a file, or pipe it into a command that takes '-' as its input"
    }
    guard errno == .noSpace || errno == .diskQuotaExceeded else {
      return "\(path): \(action): \(errno)"
    }
    let place =
      path == "standard output" ? "where it goes" : "in '\(path.folderOfPath)'"
    return
      "\(path): \(action): expected free space \(place), found none; make room there, or write elsewhere"
  }
}

extension Errno {
  /// The calling thread's `errno`; read it right after the failing call.
  static var current: Errno { Errno(rawValue: errno) }

  /// Whether it means that nothing is there, and not that something cannot be reached.
  var saysAbsent: Bool { self == .noSuchFileOrDirectory || self == .notDirectory }
}

/// Opens a file for reading. `name` is what an error calls it, where that is not the path.
func openForReading(_ path: String, named name: String? = nil) throws -> FileDescriptor {
  do {
    // Without `nonBlocking`, opening a named pipe could wait for ever.
    return try FileDescriptor.open(
      FilePath(path), .readOnly, options: [.closeOnExec, .nonBlocking])
  } catch let error as Errno {
    throw FileError(action: "open", path: name ?? path, errno: error)
  }
}

/// Fills `room` with an open file's bytes from `offset` on, or as much of it as the file has.
///
/// - Returns: how many bytes there were.
func readFully(
  _ descriptor: FileDescriptor, at offset: Int, into room: UnsafeMutableRawBufferPointer,
  path: String
) throws -> Int {
  var count = 0
  do {
    while count < room.count {
      let step = try descriptor.read(
        fromAbsoluteOffset: Int64(offset + count), into: .init(rebasing: room[count...]))
      guard step > 0 else { break }
      count += step
    }
  } catch let error as Errno {
    throw FileError(action: "read", path: path, errno: error)
  }
  return count
}

/// The bytes of a range of an open file; fewer where the file ends before.
func readBytes(
  _ descriptor: FileDescriptor, _ range: Range<Int>, path: String
) throws -> [UInt8] {
  try [UInt8](unsafeUninitializedCapacity: range.count) { buffer, count in
    let room = UnsafeMutableRawBufferPointer(start: buffer.baseAddress, count: range.count)
    count = try readFully(descriptor, at: range.lowerBound, into: room, path: path)
  }
}
