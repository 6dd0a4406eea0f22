internal import SystemPackage

/// The first and last bytes of a file. They show whether it is what its name says, and whether it is whole.
public struct FileEnds: Sendable {
  /// Of the whole file, in bytes.
  public let size: Int
  /// The first bytes, fewer than asked for where the file is short.
  public let head: [UInt8]
  /// The last bytes, fewer than asked for where the file is short.
  public let tail: [UInt8]

  /// Reads both ends of a file.
  ///
  /// - Parameters:
  ///   - path: the file to read.
  ///   - head: how many of the first bytes to read.
  ///   - tail: how many of the last bytes to read.
  /// - Throws: `FileError` where there is no such file, or it cannot be read or is not a regular file.
  public init(path: String, head: Int = 512, tail: Int) throws {
    let descriptor = try openForReading(path)
    (size, self.head, self.tail) = try descriptor.closeAfter {
      let size = try FileStamp(descriptor, path: path).bytes
      return (
        size,
        try readBytes(descriptor, 0..<min(head, size), path: path),
        try readBytes(descriptor, max(0, size - tail)..<size, path: path)
      )
    }
  }
}
