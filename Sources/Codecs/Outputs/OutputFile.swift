internal import Glibc
internal import SystemPackage

/// A file being written through a buffer; `-` is standard output.
///
/// It writes directly to the path that it is given. The outputs of a run belong to an `OutputSet`, which gives
/// them their names when they are whole.
public final class OutputFile {
  private let descriptor: FileDescriptor
  /// What messages call it.
  let path: String
  /// Whether it was made by its path, so that it can be read by it.
  private var isNamed = false
  private let ownsDescriptor: Bool
  private var buffer: [UInt8] = []
  private static let bufferSize = 1 << 18

  /// Makes a file, or empties the one that is there.
  ///
  /// - Throws: `FileError` where the file cannot be made.
  public convenience init(path: String) throws {
    if path == "-" {
      self.init(.standardOutput, named: "standard output", isOwned: false)
      return
    }
    let descriptor = try openForWriting(path, [.create, .truncate])
    self.init(descriptor, named: path, isOwned: true)
    isNamed = true
  }

  /// Opens a file, cuts it after its first `length` bytes, and appends to it.
  ///
  /// - Throws: `FileError` where the file cannot be opened or cut.
  public convenience init(path: String, keeping length: Int) throws {
    self.init(try openForWriting(path, [.create, .append]), named: path, isOwned: true)
    guard ftruncate(descriptor.rawValue, length) == 0 else {
      throw FileError(action: "cut", path: path, errno: .current)
    }
  }

  /// Opens a device, pipe or descriptor, and writes to it from its current position.
  init(stream: OutputPlace, descriptor number: Int32?) throws {
    if let number {
      let copy = dup(number)
      guard copy >= 0 else { throw FileError(action: "open", path: stream.path, errno: .current) }
      descriptor = FileDescriptor(rawValue: copy)
    } else {
      descriptor = try openForWriting(stream.target, [])
    }
    (path, ownsDescriptor) = (stream.path, true)
    buffer.reserveCapacity(Self.bufferSize + 4096)
  }

  init(_ descriptor: FileDescriptor, named path: String, isOwned: Bool) {
    (self.descriptor, self.path, ownsDescriptor) = (descriptor, path, isOwned)
    buffer.reserveCapacity(Self.bufferSize + 4096)
  }

  deinit {
    if ownsDescriptor { try? descriptor.close() }
  }

  /// Appends bytes. They reach the file when the buffer is full, or by `flush`.
  ///
  /// - Throws: `FileError` where they cannot be written.
  public func write(_ bytes: some Collection<UInt8>) throws {
    buffer.append(contentsOf: bytes)
    if buffer.count >= Self.bufferSize { try flush() }
  }

  /// Writes what is buffered, without waiting for the disk.
  ///
  /// - Throws: `FileError` where it cannot be written.
  public func flush() throws {
    do {
      try descriptor.writeAll(buffer)
    } catch let error as Errno {
      throw FileError(action: "write", path: path, errno: error)
    }
    buffer.removeAll(keepingCapacity: true)
  }

  /// Another descriptor of the file, to read what was written and flushed; nil for what cannot be read.
  ///
  /// - Throws: `FileError` where the file cannot be opened.
  func openForReading() throws -> FileDescriptor? {
    var status = stat()
    guard isNamed, fstat(descriptor.rawValue, &status) == 0, status.st_mode & S_IFMT == S_IFREG
    else { return nil }
    return try Codecs.openForReading(path, named: path)
  }

  /// Leaves out all that was written after the first `length` bytes. Nothing can be written after that.
  ///
  /// - Throws: `FileError` where the file cannot be cut.
  func cut(after length: Int) throws {
    try flush()
    guard ftruncate(descriptor.rawValue, length) == 0 else {
      throw FileError(action: "cut", path: path, errno: .current)
    }
  }

  /// Writes over bytes that were written before, such as a size that is known only at the end. The file must be a
  /// regular one that was not opened to be gone on with.
  ///
  /// - Parameters:
  ///   - position: of the first of them.
  ///   - bytes: as many as are replaced.
  /// - Throws: `FileError` where they cannot be written.
  public func replace(at position: Int, with bytes: [UInt8]) throws {
    try flush()
    do {
      try descriptor.writeAll(toAbsoluteOffset: Int64(position), bytes)
    } catch let error as Errno {
      throw FileError(action: "write", path: path, errno: error)
    }
  }

  /// Writes what is buffered, and waits until it is on the disk. Standard output is only flushed.
  ///
  /// - Throws: `FileError` where it cannot be written.
  public func finish() throws {
    try flush()
    guard ownsDescriptor else { return }
    // Pipes and most devices have nothing to wait for, and report EINVAL.
    guard fsync(descriptor.rawValue) == 0 || errno == EINVAL || errno == EROFS else {
      throw FileError(action: "sync", path: path, errno: .current)
    }
  }
}

/// Opens a file for writing. An error names it.
func openForWriting(
  _ path: String, _ options: FileDescriptor.OpenOptions
) throws -> FileDescriptor {
  do {
    return try FileDescriptor.open(
      FilePath(path), .writeOnly, options: options.union(.closeOnExec),
      permissions: [.ownerReadWrite, .groupReadWrite, .otherReadWrite])
  } catch let error as Errno {
    throw FileError(action: "create", path: path, errno: error)
  }
}
