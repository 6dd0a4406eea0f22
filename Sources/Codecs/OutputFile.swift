internal import Glibc
internal import SystemPackage

/// A file being written through a buffer; `-` is standard output.
///
/// The caller decides the name: whole outputs are written under a temporary one and renamed.
public final class OutputFile {
  private let descriptor: FileDescriptor
  private let path: String
  private let ownsDescriptor: Bool
  private var buffer: [UInt8] = []
  private static let bufferSize = 1 << 18

  /// - Throws: `FileError` where the file cannot be made.
  public init(path: String) throws {
    self.path = path
    if path == "-" {
      (descriptor, ownsDescriptor) = (.standardOutput, false)
    } else {
      do {
        descriptor = try FileDescriptor.open(
          FilePath(path), .writeOnly, options: [.create, .truncate, .closeOnExec],
          permissions: [.ownerReadWrite, .groupRead, .otherRead])
      } catch let error as Errno {
        throw FileError(action: "create", path: path, errno: error)
      }
      ownsDescriptor = true
    }
    buffer.reserveCapacity(Self.bufferSize + 4096)
  }

  deinit {
    if ownsDescriptor { try? descriptor.close() }
  }

  public func write(_ bytes: some Collection<UInt8>) throws {
    buffer.append(contentsOf: bytes)
    if buffer.count >= Self.bufferSize { try flush() }
  }

  public func flush() throws {
    do {
      try descriptor.writeAll(buffer)
    } catch let error as Errno {
      throw FileError(action: "write", path: path, errno: error)
    }
    buffer.removeAll(keepingCapacity: true)
  }

  /// Writes what is buffered and waits until it is on the disk.
  public func finish() throws {
    try flush()
    guard ownsDescriptor else { return }
    guard fsync(descriptor.rawValue) == 0 else {
      throw FileError(action: "sync", path: path, errno: .current)
    }
  }
}
