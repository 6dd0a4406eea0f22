internal import CLinux
internal import CMapGuard
internal import Glibc
internal import Synchronization
internal import SystemPackage

/// A file of any size as read-only memory.
///
/// A file of up to 64 KiB is read. A larger one is mapped: the system reads its pages when they are touched, so
/// they belong to the page cache and not to the process. If the file gets shorter meanwhile, or its disk fails,
/// the missing bytes are zeros, and `checkAllUnchanged` throws.
public final class MappedFile: @unchecked Sendable {
  // Immutable after init, and the memory is private and read-only: safe to share.
  @usableFromInline let bytes: UnsafeRawBufferPointer
  /// As it was opened; `-` for standard input.
  public let path: String
  private let mapping: Mapping?

  /// The state of a mapped file when it was opened.
  private struct Mapping {
    let descriptor: FileDescriptor
    let stamp: FileStamp
    /// The mapping's number in the guard.
    let number: Int32

    /// What went wrong with it since; nil where nothing did.
    func fault(_ path: String) -> (any Error)? {
      do { try stamp.checkUnchanged(descriptor, path: path) } catch { return error }
      return map_guard_has_failed(number) == 0
        ? nil : FileError(action: "read", path: path, errno: .ioError)
    }
  }

  /// Mapping and unmapping a file costs as much as reading this many bytes.
  private static let largestRead = 1 << 16

  /// Opens a file.
  ///
  /// - Parameters:
  ///   - path: a regular file, or `-` for standard input, which is first copied to a nameless temporary file so
  ///     that it can be of any size.
  ///   - isWatched: whether `checkAllUnchanged` checks it. Files that the run itself writes are not watched.
  /// - Throws: `FileError` where the path is not a readable regular file, `ChangedFile` where it gets shorter
  ///   meanwhile.
  public convenience init(path: String, isWatched: Bool = true) throws {
    if path == "-" {
      try self.init(taking: try spooledStandardInput(), path: path, isWatched: false)
    } else {
      try self.init(taking: try openForReading(path), path: path, isWatched: isWatched)
    }
  }

  /// An open file, which stays open.
  convenience init(_ descriptor: FileDescriptor, path: String) throws {
    try self.init(taking: try descriptor.duplicate(), path: path, isWatched: false)
  }

  /// - Parameter descriptor: an open file. It is closed with this object, or when this throws.
  private init(taking descriptor: FileDescriptor, path: String, isWatched: Bool) throws {
    self.path = path
    do {
      (bytes, mapping) = try Self.contents(of: descriptor, path: path)
    } catch {
      try? descriptor.close()
      throw error
    }
    if mapping == nil {
      try? descriptor.close()
    } else if isWatched {
      Self.watched.withLock { _ = $0.files.insert(Unmanaged.passUnretained(self).toOpaque()) }
    }
  }

  private static func contents(
    of descriptor: FileDescriptor, path: String
  ) throws -> (UnsafeRawBufferPointer, Mapping?) {
    let stamp = try FileStamp(descriptor, path: path)
    let size = stamp.bytes
    if size > largestRead,
      let base = mmap(nil, size, PROT_READ, MAP_PRIVATE, descriptor.rawValue, 0), base != MAP_FAILED
    {
      let number = map_guard_add(base, size)
      if number >= 0 {
        madvise(base, size, MADV_SEQUENTIAL)
        let mapping = Mapping(descriptor: descriptor, stamp: stamp, number: number)
        return (UnsafeRawBufferPointer(start: base, count: size), mapping)
      }
      munmap(base, size)
    }
    let room = UnsafeMutableRawBufferPointer.allocate(byteCount: size, alignment: 16)
    do {
      let count = try readFully(descriptor, at: 0, into: room, path: path)
      guard count == size else {
        throw ChangedFile(path: path, expectedBytes: size, foundBytes: count)
      }
    } catch {
      room.deallocate()
      throw error
    }
    return (UnsafeRawBufferPointer(room), nil)
  }

  deinit {
    guard let mapping else { return bytes.deallocate() }
    Self.watched.withLock { watched in
      guard watched.files.remove(Unmanaged.passUnretained(self).toOpaque()) != nil,
        watched.fault == nil
      else { return }
      watched.fault = mapping.fault(path)
    }
    map_guard_remove(mapping.number)
    munmap(UnsafeMutableRawPointer(mutating: bytes.baseAddress), bytes.count)
    try? mapping.descriptor.close()
  }

  /// The watched files that are open, and the first fault of those that were closed.
  private struct Watched: @unchecked Sendable {
    // A file leaves the set before it is released.
    var files: Set<UnsafeMutableRawPointer> = []
    var fault: (any Error)?
  }

  private static let watched = Mutex(Watched())

  /// Checks that no watched file that this process has mapped was changed. To be called before outputs that were
  /// made from them get their names.
  ///
  /// - Throws: `ChangedFile` where a file was written to, `FileError` where a page of one could not be read.
  public static func checkAllUnchanged() throws {
    let fault = watched.withLock { watched in
      watched.fault
        ?? watched.files.lazy.compactMap { pointer in
          let file = Unmanaged<MappedFile>.fromOpaque(pointer)
          return file._withUnsafeGuaranteedRef(\.fault)
        }.first
    }
    if let fault { throw fault }
  }

  /// What went wrong with this file since it was opened; nil where nothing did.
  var fault: (any Error)? { mapping?.fault(path) }

  /// In bytes.
  public var count: Int { bytes.count }

  /// Gives the file's bytes to the closure, during which they are valid.
  @inlinable
  public func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows
    -> Result
  {
    try withExtendedLifetime(self) { try body(bytes) }
  }
}

/// Copies standard input to a temporary file without a name.
private func spooledStandardInput() throws -> FileDescriptor {
  try standardInput.withLock { known in
    let spool = try known ?? readStandardInput()
    known = spool
    return try spool.duplicate()
  }
}

/// All of standard input, once it was read: whoever looks at what it is leaves it to whoever reads it.
private let standardInput = Mutex<FileDescriptor?>(nil)

private func readStandardInput() throws -> FileDescriptor {
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

private var folderOfTemporaryFiles: String {
  getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
}

/// What messages call a temporary file without a name, in a folder as `namelessTemporaryFile` takes it: they say where room is
/// lacking.
func nameOfTemporaryFile(in folder: String? = nil) -> String {
  (folder ?? folderOfTemporaryFiles) + "/(a temporary file)"
}

/// A temporary file for reading and writing. It has no name in any folder, and is gone when it is closed.
///
/// - Parameter folder: on whose disk it is; nil for the system's folder of temporary files.
func namelessTemporaryFile(in folder: String? = nil) throws -> FileDescriptor {
  let folder = folder ?? folderOfTemporaryFiles
  let nameless = open(folder, CInt(open_nameless) | O_RDWR | O_CLOEXEC, 0o600)
  if nameless >= 0 { return FileDescriptor(rawValue: nameless) }
  // Where the file system has no such files, one loses its name at once.
  guard errno == EOPNOTSUPP || errno == EISDIR else {
    throw FileError(action: "make a temporary file in", path: folder, errno: .current)
  }
  var template = Array((folder + "/sixdof-XXXXXX").utf8CString)
  let raw = mkstemp(&template)
  guard raw >= 0 else {
    throw FileError(action: "make a temporary file in", path: folder, errno: .current)
  }
  unlink(template)
  return FileDescriptor(rawValue: raw)
}
