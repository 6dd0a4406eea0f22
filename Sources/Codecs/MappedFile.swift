internal import Glibc
public import SystemPackage

/// A file of any size seen as read-only memory; the system reads pages when they are touched, so
/// they count against the page cache and not against the process.
public final class MappedFile: @unchecked Sendable {
  // Immutable after init, and the mapping is private and read-only: safe to share.
  private let bytes: UnsafeRawBufferPointer
  public let path: String

  /// - Parameter path: a regular file, or `-` for standard input, which is first copied to a nameless
  ///   temporary file so that it can be of any size.
  /// - Throws: `FileError` where the path is no readable regular file.
  public init(path: String) throws {
    self.path = path
    let descriptor = path == "-" ? try spooledStandardInput() : try openForReading(path)
    defer { try? descriptor.close() }
    bytes = try Self.map(descriptor, path: path)
  }

  /// An open file, which stays open.
  init(_ descriptor: FileDescriptor, path: String) throws {
    self.path = path
    bytes = try Self.map(descriptor, path: path)
  }

  private static func map(
    _ descriptor: FileDescriptor, path: String
  ) throws -> UnsafeRawBufferPointer {
    let size = try fileSize(of: descriptor, path: path)
    guard size > 0 else {
      return UnsafeRawBufferPointer(start: nil, count: 0)
    }
    guard let base = mmap(nil, size, PROT_READ, MAP_PRIVATE, descriptor.rawValue, 0),
      base != MAP_FAILED
    else { throw FileError(action: "map", path: path, errno: .current) }
    madvise(base, size, MADV_SEQUENTIAL)
    return UnsafeRawBufferPointer(start: base, count: size)
  }

  deinit {
    if let base = bytes.baseAddress {
      munmap(UnsafeMutableRawPointer(mutating: base), bytes.count)
    }
  }

  public var count: Int { bytes.count }

  /// The file's bytes, valid while the closure runs.
  public func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows
    -> Result
  {
    try withExtendedLifetime(self) { try body(bytes) }
  }
}

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
    [
      .noSuchFileOrDirectory, .notDirectory, .isDirectory, .tooManySymbolicLinkLevels,
      .invalidArgument, .fileNameTooLong,
    ].contains(errno)
  }

  /// Whether whoever read standard output went away.
  public var isBrokenPipe: Bool { errno == .brokenPipe && path == "standard output" }

  public var description: String {
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
}

/// Opens a file, naming it in the error.
func openForReading(_ path: String) throws -> FileDescriptor {
  do {
    return try FileDescriptor.open(FilePath(path), .readOnly, options: [.closeOnExec])
  } catch let error as Errno {
    throw FileError(action: "open", path: path, errno: error)
  }
}

/// The size in bytes of an open regular file.
func fileSize(of descriptor: FileDescriptor, path: String) throws -> Int {
  var status = stat()
  guard fstat(descriptor.rawValue, &status) == 0 else {
    throw FileError(action: "stat", path: path, errno: .current)
  }
  guard status.st_mode & S_IFMT == S_IFREG else {
    throw FileError(
      action: "read", path: path,
      errno: status.st_mode & S_IFMT == S_IFDIR ? .isDirectory : .invalidArgument)
  }
  return Int(status.st_size)
}

/// Standard input's bytes in a temporary file without a name.
private func spooledStandardInput() throws -> FileDescriptor {
  let spool = try namelessTemporaryFile()
  let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 16)
  defer { buffer.deallocate() }
  do {
    while case let count = try FileDescriptor.standardInput.read(into: buffer), count > 0 {
      try spool.writeAll(buffer.prefix(count))
    }
  } catch {
    try? spool.close()
    throw error
  }
  return spool
}

/// A file for reading and writing that no folder shows and that goes when it is closed.
func namelessTemporaryFile() throws -> FileDescriptor {
  let folder = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
  var template = Array((folder + "/sixdof-XXXXXX").utf8CString)
  let raw = mkstemp(&template)
  guard raw >= 0 else {
    throw FileError(action: "make a temporary file in", path: folder, errno: .current)
  }
  unlink(template)
  return FileDescriptor(rawValue: raw)
}
