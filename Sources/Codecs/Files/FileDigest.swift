internal import Crypto
internal import SystemPackage

/// Size and hashes that show whether a file or folder is still as it was written.
public struct FileDigest: Sendable, Equatable {
  /// The size in bytes; for a folder, the sum of all files in it.
  public var bytes = 0
  /// Of the file's bytes. For a folder, of the listing that `xxhsum -H2` would print for its files, with their
  /// paths in byte order.
  public var hash: XXH128
  /// 64 lower-case hexadecimal digits; nil where it was not asked for, and for a folder.
  public var sha256: String?
  /// How many files a folder holds at any depth; nil for a file.
  public var files: Int?

  private static let pieceBytes = 1 << 20

  /// Reads a file from beginning to end, in pieces of 1 MiB.
  ///
  /// - Parameters:
  ///   - path: the file to read.
  ///   - withSHA256: whether SHA-256 is worked out too.
  ///   - progress: called after each piece with its size in bytes.
  /// - Throws: `FileError` where the file cannot be read, `ChangedFile` where its size changes meanwhile; what
  ///   `progress` throws.
  public init(
    file path: String, withSHA256: Bool = false, progress: (Int) throws -> Void = { _ in }
  ) throws {
    let descriptor = try openForReading(path)
    let buffer = UnsafeMutableRawBufferPointer.allocate(
      byteCount: Self.pieceBytes, alignment: 4096)
    defer {
      buffer.deallocate()
      try? descriptor.close()
    }
    let size = try FileStamp(descriptor, path: path).bytes
    let hash = RunningXXH128()
    var sha256 = SHA256()
    do {
      while case let count = try descriptor.read(into: buffer), count > 0 {
        let piece = UnsafeRawBufferPointer(rebasing: buffer.prefix(count))
        hash.add(piece)
        if withSHA256 { sha256.update(bufferPointer: piece) }
        bytes += count
        try progress(count)
      }
    } catch let error as Errno {
      throw FileError(action: "read", path: path, errno: error)
    }
    guard bytes == size else {
      throw ChangedFile(path: path, expectedBytes: size, foundBytes: bytes)
    }
    self.hash = hash.value
    if withSHA256 { self.sha256 = hexadecimal(sha256.finalize()) }
  }

  /// Reads all files of a folder.
  ///
  /// - Throws: `FileError` where something in it cannot be read, `ChangedFile` where a file's size changes
  ///   meanwhile.
  public init(folder path: String) throws {
    let names = try Self.files(in: path, "").sorted { $0.comesBeforeInBytes($1) }
    let hash = RunningXXH128()
    for name in names {
      let file = try FileDigest(file: path + "/" + name)
      bytes += file.bytes
      hash.add(Array("\(file.hash.text)  \(name)\n".utf8))
    }
    (self.hash, files) = (hash.value, names.count)
  }

  private static func files(in folder: String, _ prefix: String) throws -> [String] {
    var found: [String] = []
    for name in try entries(of: folder + "/" + prefix) {
      let isFolder = isFolder(folder + "/" + prefix + name)
      found += isFolder ? try files(in: folder, prefix + name + "/") : [prefix + name]
    }
    return found
  }
}
