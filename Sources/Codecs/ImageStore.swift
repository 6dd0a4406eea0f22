internal import Glibc
internal import Synchronization
internal import SystemPackage

/// A folder, zip or tar with a dataset's images, addressed by the paths that annotations use.
public final class ImageStore: Sendable {
  /// Why an image cannot be used.
  public enum Failure: Error, Equatable {
    /// There is no such file; where one is near, it is named.
    case missing(NearImage?)
    /// A link whose file is gone.
    case brokenLink
    case oversized(String)
    case broken(ImageError)
    case unreadable(String)
  }

  private enum Place: Sendable {
    case folder(root: String)
    case archive(ImageArchive)
  }

  private let place: Place
  /// What was opened, for messages.
  public let path: String
  private let maximumBytes: Int
  /// For those who read the images' headers and pixels.
  public let pixelLimit: PixelLimit
  /// For an archive: the folder in it that holds the images, once one was found.
  private let prefix = Mutex<String?>(nil)
  /// All names, once one was missing.
  private let names = Mutex<ImageNames?>(nil)
  private let opened = Atomic<Int>(0)
  private let missing = Mutex<Missing>(Missing())

  private struct Missing {
    var count = 0
    /// The first of them.
    var examples: [String] = []
    /// Other roots by which some would be found, with how many.
    var byRoot: [String: Int] = [:]
  }

  private static let mostExamples = 64

  /// - Parameters:
  ///   - path: the folder or archive.
  ///   - maximumBytes: larger images are refused before they are read.
  /// - Throws: `FileError` or `ArchiveError` where there is no such folder or archive.
  public init(path: String, maximumBytes: Int, pixelLimit: PixelLimit = .standard) throws {
    self.path = path
    self.pixelLimit = pixelLimit
    self.maximumBytes = maximumBytes
    if isFolder(path), let root = resolved(path) {
      place = .folder(root: root)
    } else {
      place = .archive(try ImageArchive(path: path))
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
    // As other systems write it, where there is no file of that very name.
    let plain = normalised(relative)
    for path in plain == relative || plain.isEmpty ? [relative] : [relative, plain] {
      do throws(Failure) {
        let image = try find(path, with: reader)
        opened.add(1, ordering: .relaxed)
        return image
      } catch {
        guard case .missing = error else { throw error }
      }
    }
    throw .missing(climbs(plain) ? nil : near(relative))
  }

  private func find(
    _ relative: String, with reader: ImageHeaderReader
  ) throws(Failure) -> StoredImage {
    guard !climbs(relative) else { throw .missing(nil) }
    return switch place {
    case .folder(let root): try open(relative, in: root, with: reader)
    case .archive(let archive): try open(relative, in: archive, with: reader)
    }
  }

  /// What would be found instead of a path that is not.
  private func near(_ relative: String) -> NearImage? {
    let near = names.withLock { names in
      let all = names ?? readNames()
      names = all
      return all.nearest(to: relative)
    }
    missing.withLock {
      $0.count += 1
      if $0.examples.count < Self.mostExamples { $0.examples.append(normalised(relative)) }
      if let root = near?.root { $0.byRoot[root, default: 0] += 1 }
    }
    return near
  }

  private func readNames() -> ImageNames {
    switch place {
    case .folder(let root):
      var walk = FileWalk(root: root, from: "")
      return ImageNames(root: root) {
        (try? walk.next()) ?? nil
      }
    case .archive(let archive):
      var names = archive.names.makeIterator()
      return ImageNames(root: "") { names.next() }
    }
  }

  /// Where the images are, if they are nearly all missing because their paths are relative to another folder
  /// than the one that was named: "13 of 13 images are missing; they would be found in 'data/images'".
  public var otherRoot: String? {
    let opened = opened.load(ordering: .relaxed)
    let missing = missing.withLock { $0 }
    let count = missing.count
    guard count * 10 >= (count + opened) * 9,
      let best = missing.byRoot.max(by: { ($0.value, $1.key) < ($1.value, $0.key) }),
      share(of: missing, below: best) >= 0.9
    else { return nil }
    let folder = FilePath(path).pushing(FilePath(best.key)).lexicallyNormalized().string
    return
      "\(count) of \(count + opened) images are missing; they would be found in '\(folder.isEmpty ? "." : folder)'"
  }

  /// How many of the missing images there are below another root, as far as names tell.
  private func share(
    of missing: Missing, below best: (key: String, value: Int)
  ) -> Double {
    guard case .folder(let root) = place else { return Double(best.value) / Double(missing.count) }
    let found = missing.examples.count {
      !climbs($0) && FileIdentity("\(root)/\(best.key)/\($0)") != nil
    }
    return Double(found) / Double(missing.examples.count)
  }

  private func open(
    _ relative: String, in root: String, with reader: ImageHeaderReader
  ) throws(Failure) -> StoredImage {
    let full = root + "/" + relative
    // Links are followed wherever they lead: who named the folder has them there.
    let descriptor: FileDescriptor
    do {
      descriptor = try openForReading(full)
    } catch {
      guard let error = error as? FileError else { throw .unreadable("\(error)") }
      guard error.errno.saysAbsent else { throw .unreadable("\(error.errno)") }
      var status = stat()
      throw lstat(full, &status) == 0 ? .brokenLink : .missing(nil)
    }
    do {
      let size = try FileStamp(descriptor, path: full).bytes
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
      throw .missing(nil)
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
    let prefix = prefix.withLock { prefix in
      if prefix == nil {
        let known = names.withLock { $0?.folders(above: relative) }
        prefix = (known ?? archive.prefixes(of: relative)).first
      }
      return prefix
    }
    return prefix.flatMap { archive.name(ofMember: relative, below: $0) }
  }
}

/// Reads headers through a buffer of its own; use one a thread.
public final class ImageHeaderReader {
  private let examiner: ImageExaminer
  /// At a page's beginning, as `PieceBuffer` is.
  private let buffer = UnsafeMutableRawBufferPointer.allocate(
    byteCount: ImageExaminer.headerBytes, alignment: 4096)

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
    let count = try readFully(descriptor, at: 0, into: buffer, path: path)
    let start = UnsafeRawBufferPointer(rebasing: buffer[..<count])
    let isWhole = count == size
    if let header = try examiner.header(start, isWhole: isWhole) {
      if try isEnd(of: descriptor, size: size, start: start, header.format, path: path) {
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
    _ format: ImageHeader.Format, path: String
  ) throws -> Bool {
    if start.count == size { return ImageExaminer.isEnd(start, format: format) }
    return try withUnsafeTemporaryAllocation(byteCount: 8, alignment: 8) { tail in
      let count = try readFully(descriptor, at: size - 8, into: tail, path: path)
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

  /// Calls `body` with the file's bytes, piece after piece, and with where each begins; a piece is valid in the
  /// call only.
  ///
  /// - Throws: `FileError` where the file cannot be read, or became shorter since it was opened; what `body`
  ///   throws.
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

  /// The file's bytes in memory of their own.
  public func bytes() throws -> [UInt8] {
    switch storage {
    case .bytes(let bytes): bytes
    case .file(let descriptor, let path):
      try Self.whole(try readBytes(descriptor, 0..<count, path: path), count, path: path)
    }
  }

  /// What was read, if it is all that is expected.
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
