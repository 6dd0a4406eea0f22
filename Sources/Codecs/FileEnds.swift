internal import SystemPackage

/// The first and last bytes of a file, which tell whether it is what its name says and whether it is whole.
public struct FileEnds: Sendable {
  public let size: Int
  public let head: [UInt8]
  public let tail: [UInt8]

  /// - Parameter tail: how many of the last bytes to read.
  /// - Throws: `FileError` where there is no such file, or it is none that can be read.
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
