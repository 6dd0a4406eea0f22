internal import Glibc
public import SystemPackage

/// A failed file operation: what was tried, on which path, and the system's reason.
public struct FileError: Error, CustomStringConvertible {
  public let action: String
  public let path: String
  public let errno: Errno

  public init(action: String, path: String, errno: Errno) {
    self.action = action
    self.path = path
    self.errno = errno
  }

  /// Whether there is no such file, or none of the kind that was expected.
  public var isMissing: Bool {
    // Whatever a name cannot be given to is not missing.
    action != "rename"
      && [
        .noSuchFileOrDirectory, .notDirectory, .isDirectory, .tooManySymbolicLinkLevels,
        .invalidArgument, .fileNameTooLong,
      ].contains(errno)
  }

  /// Whether it is larger than whoever reads it allows.
  public var isTooLarge: Bool { errno == .fileTooLarge }

  /// Whether whoever read standard output went away.
  public var isBrokenPipe: Bool { errno == .brokenPipe && path == "standard output" }

  public var description: String {
    if errno == .ioError {
      return
        "\(path): \(action): \(errno); the disk fails there: use another, or see what the system's log says of it"
    }
    guard errno == .noSpace || errno == .diskQuotaExceeded else {
      return "\(path): \(action): \(errno)"
    }
    return
      "\(path): \(action): expected free space in '\(OutputPlace.folder(of: path))', found none; make room there, or write elsewhere"
  }
}

extension Errno {
  /// The calling thread's `errno`, to be read right after the failing call.
  static var current: Errno { Errno(rawValue: errno) }

  /// Whether it says that there is nothing, and not that what is there cannot be reached.
  var saysAbsent: Bool { self == .noSuchFileOrDirectory || self == .notDirectory }
}

/// Opens a file, naming it in the error.
func openForReading(_ path: String, named name: String? = nil) throws -> FileDescriptor {
  do {
    // A named pipe would hold the run up for ever otherwise.
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

/// An open file's bytes, or those of them that it has.
func readBytes(
  _ descriptor: FileDescriptor, _ range: Range<Int>, path: String
) throws -> [UInt8] {
  try [UInt8](unsafeUninitializedCapacity: range.count) { buffer, count in
    let room = UnsafeMutableRawBufferPointer(start: buffer.baseAddress, count: range.count)
    count = try readFully(descriptor, at: range.lowerBound, into: room, path: path)
  }
}
