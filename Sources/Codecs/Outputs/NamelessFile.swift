internal import SystemPackage

/// A temporary file without a name in any folder, to be written and then read. It is gone when the process ends,
/// however that happens.
public final class NamelessFile {
  private let descriptor: FileDescriptor
  /// Writes to the file. Call its `flush` before reading.
  public let output: OutputFile

  /// Makes an empty file.
  ///
  /// - Throws: `FileError` where no temporary file can be made.
  public init() throws {
    descriptor = try namelessTemporaryFile()
    output = OutputFile(descriptor, named: nameOfTemporaryFile(), isOwned: false)
  }

  deinit { try? descriptor.close() }

  /// All that was written and flushed.
  ///
  /// - Throws: `FileError` where it cannot be read.
  public func mapped() throws -> MappedFile {
    try MappedFile(descriptor, path: nameOfTemporaryFile())
  }
}
