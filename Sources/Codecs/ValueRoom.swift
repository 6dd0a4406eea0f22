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
  ///
  /// - Throws: `FileError` where the file cannot be written.
  public func write(_ bytes: UnsafeRawBufferPointer, at position: Int) throws {
    guard let offset else {
      UnsafeMutableRawBufferPointer(rebasing: memory[position..<position + bytes.count])
        .copyMemory(from: bytes)
      return
    }
    do {
      try file.writeAll(toAbsoluteOffset: Int64(offset + position), bytes)
    } catch let error as Errno {
      throw FileError(action: "write", path: path, errno: error)
    }
  }

  public func write(_ bytes: [UInt8], at position: Int) throws {
    try bytes.withUnsafeBytes { try write($0, at: position) }
  }
}

/// A buffer through which files go piece by piece, small enough that a piece is still in the processor's cache
/// when it is hashed and written after it was read.
///
/// It begins at a page: kernels copy slowly (here at 0.4 of their speed) to a place that lies a few bytes further
/// in its page than that which they copy from.
public final class PieceBuffer {
  let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 4096)

  public init() {}

  deinit { memory.deallocate() }
}
