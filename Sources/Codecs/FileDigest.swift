internal import Crypto
internal import SystemPackage

/// What tells whether a file or folder is still the one that was written.
public struct FileDigest: Sendable, Equatable {
  /// Of a folder: of all files in it.
  public var bytes = 0
  /// Of a folder: of the listing that `xxhsum -H2` would print of its files, by their paths in byte order.
  public var hash: XXH128
  /// As 64 hexadecimal digits; nil where it was not asked for.
  public var sha256: String?
  /// How many files a folder has; nil of a file.
  public var files: Int?

  private static let pieceBytes = 1 << 20

  /// Reads a file from its beginning to its end, piece by piece.
  ///
  /// - Parameter progress: called after each piece with its size.
  /// - Throws: `FileError` where the file cannot be read; what `progress` throws.
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

  /// - Throws: `FileError` where something in it cannot be read.
  public init(folder path: String) throws {
    let names = try Self.files(in: path, "").sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
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
