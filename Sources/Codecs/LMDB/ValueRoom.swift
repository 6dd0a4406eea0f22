internal import Glibc
internal import SystemPackage

/// Room for one value in an LMDB file that is being written. It is valid in the `fill` closure that gets it, and a
/// room of its own pages longer.
public struct ValueRoom: @unchecked Sendable {
  private let memory: UnsafeMutableRawBufferPointer
  private let file: FileDescriptor
  private let path: String
  /// The position of the value in the file; nil for a small value, which shares its page with others.
  private let offset: Int?

  /// Whether the value has pages of its own. Such a room stays where it is: it can be written until its batch is
  /// committed, and by another thread than the writer's. Other rooms move when the next value comes.
  public var hasOwnPages: Bool { offset != nil }

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

  /// The value's size in bytes.
  public var count: Int { memory.count }

  /// Writes bytes into the value, from its byte `position` on. They must fit into it.
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

  /// Writes bytes into the value, likewise.
  ///
  /// - Throws: `FileError` where the file cannot be written.
  public func write(_ bytes: [UInt8], at position: Int) throws {
    try bytes.withUnsafeBytes { try write($0, at: position) }
  }
}

/// A buffer of 512 KiB through which files are copied piece by piece. It is small enough that a piece is still in
/// the processor's cache when it is hashed and written, and most images are one piece: the larger a write, the larger
/// are the units in which kernels keep its pages, which halves its cost.
///
/// It is aligned to a page. Kernels copy slowly (at 0.4 of their speed on the machine measured) to a place that
/// lies a few bytes further in its page than the source does in its own.
public final class PieceBuffer {
  let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 19, alignment: 4096)

  /// Allocates the buffer.
  public init() {}

  deinit { memory.deallocate() }
}
