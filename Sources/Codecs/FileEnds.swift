internal import Glibc
internal import SystemPackage

/// The first and last bytes of a file, which tell whether it is what its name says and whether it is whole.
public struct FileEnds: Sendable {
  public let size: Int
  public let head: [UInt8]
  public let tail: [UInt8]

  /// - Parameter tail: how many of the last bytes to read.
  /// - Throws: `FileError` where there is no such file, or it is none that can be read.
  public init(path: String, head: Int = 512, tail: Int) throws {
    let raw = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard raw >= 0 else { throw FileError(action: "open", path: path, errno: .current) }
    let descriptor = FileDescriptor(rawValue: raw)
    (size, self.head, self.tail) = try descriptor.closeAfter {
      let size = try fileSize(of: descriptor, path: path)
      func bytes(_ range: Range<Int>) throws -> [UInt8] {
        try [UInt8](unsafeUninitializedCapacity: range.count) { buffer, count in
          while count < range.count {
            let step = try descriptor.read(
              fromAbsoluteOffset: Int64(range.lowerBound + count),
              into: UnsafeMutableRawBufferPointer(
                rebasing: UnsafeMutableRawBufferPointer(buffer)[count..<range.count]))
            guard step > 0 else { break }
            count += step
          }
        }
      }
      return (size, try bytes(0..<min(head, size)), try bytes(max(0, size - tail)..<size))
    }
  }
}
