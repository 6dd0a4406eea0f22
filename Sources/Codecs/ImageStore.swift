internal import Glibc
internal import Synchronization
internal import SystemPackage

/// A folder, zip or tar with a dataset's images, addressed by the paths that annotations use.
public final class ImageStore: Sendable {
  /// Why an image cannot be used.
  public enum Failure: Error, Equatable {
    case missing
    case outsideTree
    case oversized(String)
    case broken(ImageError)
    case unreadable(String)
  }

  private enum Place: Sendable {
    case folder(root: String)
    case archive(ImageArchive)
  }

  private let place: Place
  private let path: String
  private let maximumBytes: Int
  /// For those who read the images' headers and pixels.
  public let pixelLimit: PixelLimit
  /// For a folder: its subfolders that are known to lie inside it. For an archive: the folder in it
  /// that holds the images, once one was found.
  private let known = Mutex<(folders: Set<String>, prefix: String?)>(([], nil))

  /// - Parameters:
  ///   - path: the folder or archive.
  ///   - maximumBytes: larger images are refused before they are read.
  /// - Throws: `FileError` or `ArchiveError` where there is no such folder or archive.
  public init(path: String, maximumBytes: Int, pixelLimit: PixelLimit = .standard) throws {
    self.path = path
    self.pixelLimit = pixelLimit
    self.maximumBytes = maximumBytes
    if ImageArchive.isArchive(path) {
      place = .archive(try ImageArchive(path: path))
    } else {
      guard let root = resolved(path) else {
        throw FileError(action: "open folder of images", path: path, errno: .current)
      }
      place = .folder(root: root)
    }
  }

  init(root: String, maximumBytes: Int, pixelLimit: PixelLimit = .standard) {
    path = root
    self.pixelLimit = pixelLimit
    self.maximumBytes = maximumBytes
    place = .folder(root: root)
  }

  init(
    archive: ImageArchive, path: String, maximumBytes: Int, pixelLimit: PixelLimit = .standard
  ) {
    self.path = path
    self.pixelLimit = pixelLimit
    self.maximumBytes = maximumBytes
    place = .archive(archive)
  }

  /// The archive's file name; nil for a folder.
  public var archiveName: String? {
    switch place {
    case .folder: nil
    case .archive: FilePath(path).lastComponent?.string
    }
  }

  /// Opens an image and reads its header, without decoding it.
  ///
  /// - Parameters:
  ///   - relative: a path without `..`, as annotations give it.
  ///   - reader: the calling thread's own.
  public func open(_ relative: String, with reader: ImageHeaderReader) throws(Failure)
    -> StoredImage
  {
    switch place {
    case .folder(let root): try open(relative, in: root, with: reader)
    case .archive(let archive): try open(relative, in: archive, with: reader)
    }
  }

  private func open(
    _ relative: String, in root: String, with reader: ImageHeaderReader
  ) throws(Failure) -> StoredImage {
    let full = root + "/" + relative
    try checkFolder(of: full, root: root)
    // Without O_NONBLOCK a named pipe would hold the run up for ever.
    var raw = Glibc.open(full, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
    if raw < 0, errno == ELOOP {
      // A link: followed only where it leads to a place inside the folder.
      guard let target = resolved(full) else { throw .missing }
      guard target.hasPrefix(root + "/") else { throw .outsideTree }
      raw = Glibc.open(target, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    }
    guard raw >= 0 else {
      if errno == ENOENT || errno == ENOTDIR { throw .missing }
      throw .unreadable("\(Errno.current)")
    }
    let descriptor = FileDescriptor(rawValue: raw)
    do {
      let size = try fileSize(of: descriptor, path: full)
      guard size <= maximumBytes else { throw tooLarge("\(size) bytes") }
      let header = try reader.header(of: descriptor, size: size, path: full)
      return StoredImage(header: header, descriptor: descriptor, size: size, path: full)
    } catch {
      try? descriptor.close()
      throw Self.failure(error)
    }
  }

  private func open(
    _ relative: String, in archive: ImageArchive, with reader: ImageHeaderReader
  ) throws(Failure) -> StoredImage {
    guard let name = memberName(relative, in: archive) else {
      throw .missing
    }
    do {
      let bytes = try archive.contents(ofMember: name, limit: maximumBytes)
      return StoredImage(header: try reader.header(of: bytes), bytes: bytes)
    } catch {
      throw Self.failure(error)
    }
  }

  private static func failure(_ error: any Error) -> Failure {
    switch error {
    case let failure as Failure: failure
    case let error as ImageError: .broken(error)
    case let error as ArchiveError where error.isOversized: .oversized(error.detail)
    default: .unreadable("\(error)")
    }
  }

  private func tooLarge(_ found: String) -> Failure {
    .oversized("expected at most \(maximumBytes) bytes, found \(found)")
  }

  /// Annotations name images below the folder of images, which an archive may hold at some depth.
  private func memberName(_ relative: String, in archive: ImageArchive) -> String? {
    let prefix = known.withLock { known in
      if known.prefix == nil { known.prefix = archive.prefixes(of: relative).first }
      return known.prefix
    }
    return prefix.flatMap { archive.name(ofMember: relative, below: $0) }
  }

  /// A folder inside the tree may be a link too; each is resolved once.
  private func checkFolder(of full: String, root: String) throws(Failure) {
    let folder = full.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(full[..<$0]) } ?? root
    if known.withLock({ $0.folders.contains(folder) }) { return }
    guard let target = resolved(folder) else { throw .missing }
    guard target == root || target.hasPrefix(root + "/") else { throw .outsideTree }
    known.withLock { _ = $0.folders.insert(folder) }
  }
}

/// Reads headers through a buffer of its own; use one a thread.
public final class ImageHeaderReader {
  private let examiner: ImageExaminer
  private let buffer = UnsafeMutableRawBufferPointer.allocate(
    byteCount: ImageExaminer.headerBytes, alignment: 16)

  /// - Parameter limit: headers of more pixels are refused.
  public init(limit: PixelLimit = .standard) { examiner = ImageExaminer(limit: limit) }

  deinit { buffer.deallocate() }

  func header(of bytes: [UInt8]) throws(ImageError) -> ImageHeader {
    var result: Result<ImageHeader, ImageError>?
    bytes.withUnsafeBytes { bytes in
      do throws(ImageError) {
        guard let header = try examiner.header(bytes, isWhole: true) else { return }
        try ImageExaminer.checkEnd(of: bytes, format: header.format)
        result = .success(header)
      } catch {
        result = .failure(error)
      }
    }
    guard let result else { preconditionFailure("a whole file always has a header or an error") }
    return try result.get()
  }

  func header(of descriptor: FileDescriptor, size: Int, path: String) throws -> ImageHeader {
    let count = try descriptor.read(fromAbsoluteOffset: 0, into: buffer)
    let start = UnsafeRawBufferPointer(rebasing: buffer[..<count])
    let isWhole = count == size
    if let header = try examiner.header(start, isWhole: isWhole) {
      if try isEnd(of: descriptor, size: size, start: start, format: header.format) {
        return header
      }
      try withWhole(path) { bytes in try ImageExaminer.checkEnd(of: bytes, format: header.format) }
      return header
    }
    // A large colour profile or preview pushes the size beyond the first bytes.
    return try withWhole(path) { bytes in
      guard let header = try examiner.header(bytes, isWhole: true) else {
        preconditionFailure("a whole file always has a header or an error")
      }
      try ImageExaminer.checkEnd(of: bytes, format: header.format)
      return header
    }
  }

  private func withWhole<Result>(
    _ path: String, _ body: (UnsafeRawBufferPointer) throws -> Result
  ) throws -> Result {
    try MappedFile(path: path).withBytes(body)
  }

  private func isEnd(
    of descriptor: FileDescriptor, size: Int, start: UnsafeRawBufferPointer,
    format: ImageHeader.Format
  ) throws -> Bool {
    if start.count == size { return ImageExaminer.isEnd(start, format: format) }
    return try withUnsafeTemporaryAllocation(byteCount: 8, alignment: 8) { tail in
      let count = try descriptor.read(fromAbsoluteOffset: Int64(size - 8), into: tail)
      return ImageExaminer.isEnd(tail.prefix(count), format: format)
    }
  }
}

/// An image file that is there and whole, not yet read.
public final class StoredImage: Sendable {
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

  /// An image file that is in memory already.
  ///
  /// - Parameter reader: the calling thread's own.
  /// - Throws: `ImageError` where the bytes are none.
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

  /// Puts the file's bytes, unchanged, at a place in a value that is being written.
  ///
  /// - Throws: `FileError` where the file became shorter since it was opened.
  public func copy(to room: ValueRoom, at position: Int) throws {
    switch storage {
    case .bytes(let bytes): room.write(bytes, at: position)
    case .file(let descriptor, let path):
      try room.copy(descriptor, count: count, at: position, sourcePath: path)
    }
  }

  /// The file's bytes in memory of their own.
  public func bytes() throws -> [UInt8] {
    switch storage {
    case .bytes(let bytes): bytes
    case .file(let descriptor, let path):
      try [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
        while initialized < count {
          let room = UnsafeMutableRawBufferPointer(
            rebasing: UnsafeMutableRawBufferPointer(buffer)[initialized..<count])
          let step = try descriptor.read(fromAbsoluteOffset: Int64(initialized), into: room)
          guard step > 0 else {
            throw FileError(
              action: "read an image that became shorter during the run", path: path,
              errno: .ioError)
          }
          initialized += step
        }
      }
    }
  }
}
