internal import CLinux
internal import Glibc
internal import SystemPackage

/// Room for one value in an LMDB file that is being written, valid in the `fill` that gets it.
public struct ValueRoom {
  private let memory: UnsafeMutableRawBufferPointer
  private let file: FileDescriptor
  private let path: String
  /// Where the value begins in the file; nil for a small one, which shares its page with others.
  private let offset: Int?

  /// Finds the value's place in the file.
  ///
  /// A value of a page or more has pages of its own. In LMDB 0.9's file format their header, 16 bytes
  /// before the value, begins with the page's number and has the flag P_OVERFLOW at byte 10.
  init(
    _ memory: UnsafeMutableRawBufferPointer, of file: FileDescriptor, path: String, pageSize: Int
  ) {
    self.memory = memory
    self.file = file
    self.path = path
    guard memory.count >= pageSize, let start = memory.baseAddress else {
      offset = nil
      return
    }
    let header = UnsafeRawPointer(start) - 16
    let isOverflow = header.load(fromByteOffset: 10, as: UInt16.self) & 0x04 != 0
    offset = isOverflow ? header.load(as: Int.self) * pageSize + 16 : nil
  }

  public var count: Int { memory.count }

  /// Writes bytes from memory at `position`.
  public func write(_ bytes: [UInt8], at position: Int) {
    UnsafeMutableRawBufferPointer(rebasing: memory[position..<position + bytes.count])
      .copyBytes(from: bytes)
  }

  /// Copies the first `count` bytes of another file to `position`, once and in the kernel where it can.
  ///
  /// - Throws: `FileError` where that file is shorter, or the disk is full.
  func copy(_ source: FileDescriptor, count: Int, at position: Int, sourcePath: String) throws {
    var copied = 0
    if let offset {
      while copied < count {
        var (from, to) = (copied, offset + position + copied)
        let step = copy_file_range(
          source.rawValue, &from, file.rawValue, &to, UInt(count - copied), 0)
        // File systems that cannot are met at the first step; reading takes over.
        if step < 0, copied == 0, errno != ENOSPC { break }
        guard step >= 0 else {
          throw FileError(action: "copy an image", path: path, errno: .current)
        }
        guard step > 0 else { throw Self.shortened(sourcePath) }
        copied += step
      }
    }
    while copied < count {
      let room = UnsafeMutableRawBufferPointer(
        rebasing: memory[(position + copied)..<(position + count)])
      let step = try source.read(fromAbsoluteOffset: Int64(copied), into: room)
      guard step > 0 else { throw Self.shortened(sourcePath) }
      copied += step
    }
  }

  private static func shortened(_ path: String) -> FileError {
    FileError(
      action: "read an image that became shorter during the run", path: path, errno: .ioError)
  }
}
