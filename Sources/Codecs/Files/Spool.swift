internal import Glibc
internal import SystemPackage

/// Keeps values in a nameless temporary file, to be read again by their numbers. It takes eight bytes of memory
/// for each value.
public final class Spool {
  private let descriptor: FileDescriptor
  /// The position in the file where each value ends.
  private var ends: [Int] = []
  private var buffer: [UInt8] = []
  private var flushed = 0
  private static let bufferSize = 1 << 18
  private static let name = "a temporary file"

  /// Makes an empty spool.
  ///
  /// - Parameter folder: on whose disk it is, for values that take as much room as an output; nil for the system's
  ///   folder of temporary files.
  /// - Throws: `FileError` where no temporary file can be made.
  public init(in folder: String? = nil) throws {
    descriptor = try namelessTemporaryFile(in: folder)
  }

  deinit { try? descriptor.close() }

  /// How many values were appended.
  public var count: Int { ends.count }

  /// Appends a value.
  ///
  /// - Returns: its number, from 0.
  /// - Throws: `FileError` where the temporary file cannot be written.
  @discardableResult
  public func append(_ value: some Collection<UInt8>) throws -> Int {
    buffer.append(contentsOf: value)
    ends.append(flushed + buffer.count)
    if buffer.count >= Self.bufferSize { try flush() }
    return ends.count - 1
  }

  /// The value of a number, from 0 to `count` - 1.
  ///
  /// - Throws: `FileError` where the temporary file cannot be written or read.
  public subscript(index: Int) -> [UInt8] {
    get throws {
      let start = index == 0 ? 0 : ends[index - 1]
      if ends[index] > flushed { try flush() }
      let bytes = try readBytes(descriptor, start..<ends[index], path: Self.name)
      guard bytes.count == ends[index] - start else {
        throw FileError(action: "read", path: Self.name, errno: .ioError)
      }
      return bytes
    }
  }

  /// Writes all values to a file, one right after the other.
  ///
  /// - Throws: `FileError` where the temporary file cannot be read or the other one not be written.
  public func copy(to file: OutputFile) throws {
    try flush()
    for start in stride(from: 0, to: flushed, by: Self.bufferSize) {
      let piece = start..<min(start + Self.bufferSize, flushed)
      let bytes = try readBytes(descriptor, piece, path: Self.name)
      guard bytes.count == piece.count else {
        throw FileError(action: "read", path: Self.name, errno: .ioError)
      }
      try file.write(bytes)
    }
  }

  private func flush() throws {
    do {
      try descriptor.writeAll(toAbsoluteOffset: Int64(flushed), buffer)
    } catch let error as Errno {
      throw FileError(action: "write", path: Self.name, errno: error)
    }
    flushed += buffer.count
    buffer.removeAll(keepingCapacity: true)
  }
}
