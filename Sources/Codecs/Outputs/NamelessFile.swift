internal import SystemPackage

/// A temporary file that no folder shows, to be written and then read: it is gone with the process, however that
/// ends.
public final class NamelessFile {
  private let descriptor: FileDescriptor
  /// Writes to it; `flush` comes before reading.
  public let output: OutputFile

  /// - Throws: `FileError` where no temporary file can be made.
  public init() throws {
    descriptor = try namelessTemporaryFile()
    output = OutputFile(descriptor, named: "a temporary file", isOwned: false)
  }

  deinit { try? descriptor.close() }

  /// What was written and flushed.
  public func mapped() throws -> MappedFile {
    try MappedFile(descriptor, path: "a temporary file")
  }
}
