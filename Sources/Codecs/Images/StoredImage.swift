internal import Glibc
internal import SystemPackage

/// An image file whose header was read and whose end is there. Its bytes are read on demand.
public final class StoredImage: Sendable {
  /// Of the file as it was opened.
  public let header: ImageHeader
  /// The file's size in bytes.
  public let count: Int
  private let storage: Storage

  private enum Storage: Sendable {
    case file(FileDescriptor, path: String)
    case bytes([UInt8])
  }

  init(header: ImageHeader, descriptor: FileDescriptor, size: Int, path: String) {
    self.header = header
    count = size
    storage = .file(descriptor, path: path)
  }

  /// An image file that is already in memory.
  ///
  /// - Parameters:
  ///   - bytes: the whole file.
  ///   - reader: the calling thread's own.
  /// - Throws: `ImageError` where the bytes are not an image, or are cut short.
  public convenience init(
    bytes: [UInt8], with reader: ImageHeaderReader
  ) throws(ImageError) {
    self.init(header: try reader.header(of: bytes), bytes: bytes)
  }

  init(header: ImageHeader, bytes: [UInt8]) {
    self.header = header
    count = bytes.count
    storage = .bytes(bytes)
  }

  deinit {
    if case .file(let descriptor, _) = storage { try? descriptor.close() }
  }

  /// Calls `body` with the file's bytes, piece after piece, and with the position where each begins. A piece is
  /// valid only during the call.
  ///
  /// - Throws: `FileError` where the file cannot be read, or got shorter since it was opened; what `body` throws.
  public func forEachPiece(
    through buffer: PieceBuffer, _ body: (UnsafeRawBufferPointer, Int) throws -> Void
  ) throws {
    switch storage {
    case .bytes(let bytes): try bytes.withUnsafeBytes { try body($0, 0) }
    case .file(let descriptor, let path):
      var position = 0
      while position < count {
        let room = UnsafeMutableRawBufferPointer(
          rebasing: buffer.memory.prefix(count - position))
        let step = try readFully(descriptor, at: position, into: room, path: path)
        try body(try Self.whole(.init(rebasing: room[..<step]), room.count, path: path), position)
        position += room.count
      }
    }
  }

  /// A copy of the file's bytes.
  ///
  /// - Throws: `FileError` where the file cannot be read, or got shorter since it was opened.
  public func bytes() throws -> [UInt8] {
    switch storage {
    case .bytes(let bytes): bytes
    case .file(let descriptor, let path):
      try Self.whole(try readBytes(descriptor, 0..<count, path: path), count, path: path)
    }
  }

  /// The file's bytes where it is a PNG, else its pixels as one.
  ///
  /// - Throws: `ImageError` where it cannot be decoded; `FileError` as `bytes()`.
  public func png() throws -> [UInt8] {
    let bytes = try bytes()
    guard header.format != .png else { return bytes }
    // Whoever opened the image has looked at its size.
    let limit = PixelLimit(pixels: .max)
    return try bytes.withUnsafeBytes { try PixelImage(decoding: $0, limit: limit) }.png()
  }

  /// Writes the file's bytes to a new file.
  ///
  /// A file of a file system that can share blocks (XFS, Btrfs) is cloned, which takes neither time nor room. It is
  /// never a hard link: what is done to one of the two leaves the other alone.
  ///
  /// - Throws: `FileError` where the file cannot be made or written, or the image got shorter since it was opened.
  public func copy(to path: String) throws {
    switch storage {
    case .bytes(let bytes):
      let file = try OutputFile(path: path)
      try file.write(bytes)
      try file.flush()
    case .file(let descriptor, let source):
      try copyFile(descriptor, path: source, count: count, to: path)
    }
  }

  /// The bytes that were read, checked to be as many as expected.
  private static func whole<Bytes: Collection>(
    _ bytes: Bytes, _ expected: Int, path: String
  ) throws -> Bytes {
    guard bytes.count == expected else {
      throw FileError(
        action: "read an image that became shorter during the run", path: path, errno: .ioError)
    }
    return bytes
  }
}
