internal import Glibc
internal import SystemPackage

/// Values kept in a nameless temporary file, to be read again by number: what would grow with a dataset takes
/// eight bytes of memory a value.
public final class Spool {
  private let descriptor: FileDescriptor
  /// Where each value ends.
  private var ends: [Int] = []
  private var buffer: [UInt8] = []
  private var flushed = 0
  private static let bufferSize = 1 << 18

  /// - Throws: `FileError` where no temporary file can be made.
  public init() throws { descriptor = try namelessTemporaryFile() }

  deinit { try? descriptor.close() }

  public var count: Int { ends.count }

  /// Appends a value.
  ///
  /// - Returns: its number, from 0.
  @discardableResult
  public func append(_ value: some Collection<UInt8>) throws -> Int {
    buffer.append(contentsOf: value)
    ends.append(flushed + buffer.count)
    if buffer.count >= Self.bufferSize { try flush() }
    return ends.count - 1
  }

  public subscript(index: Int) -> [UInt8] {
    get throws {
      let start = index == 0 ? 0 : ends[index - 1]
      if ends[index] > flushed { try flush() }
      let count = ends[index] - start
      return try [UInt8](unsafeUninitializedCapacity: count) { room, filled in
        while filled < count {
          let rest = UnsafeMutableRawBufferPointer(
            rebasing: UnsafeMutableRawBufferPointer(room)[filled..<count])
          let step = try descriptor.read(fromAbsoluteOffset: Int64(start + filled), into: rest)
          guard step > 0 else {
            throw FileError(action: "read", path: "a temporary file", errno: .ioError)
          }
          filled += step
        }
      }
    }
  }

  private func flush() throws {
    do {
      try descriptor.writeAll(toAbsoluteOffset: Int64(flushed), buffer)
    } catch let error as Errno {
      throw FileError(action: "write", path: "a temporary file", errno: error)
    }
    flushed += buffer.count
    buffer.removeAll(keepingCapacity: true)
  }
}
