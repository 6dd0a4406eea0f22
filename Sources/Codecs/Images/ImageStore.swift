internal import Glibc
internal import Synchronization
internal import SystemPackage

/// A folder, zip or tar with a dataset's images. They are addressed by the paths that annotations use.
public final class ImageStore: Sendable {
  /// Why an image cannot be used.
  public enum Failure: Error, Equatable {
    /// There is no such file. A file with a similar path is given where there is one.
    case missing(NearImage?)
    /// A link whose target is missing.
    case brokenLink
    /// The file has more bytes than the store allows; the text says so.
    case oversized(String)
    /// The file is not a usable image.
    case broken(ImageError)
    /// The file cannot be read; the text says why.
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
  /// The limit for those who read the images' headers and pixels. `open` applies that of its reader.
  public let pixelLimit: PixelLimit
  /// Whether a path that no file has is looked for below all folders, and taken where one file alone has it there.
  /// Tools write paths from where their images were, often the bare name.
  private let searchesFolders: Bool
  /// Where an image is looked for that is not here, in this order.
  private let others: [ImageStore]
  /// For an archive, the folder in it that holds the images; nil until one is found.
  private let prefix = Mutex<String?>(nil)
  /// Those of the folder.
  private let shelf: ArchiveShelf
  /// All names; nil until an image is missing.
  private let names = Mutex<ImageNames?>(nil)
  /// How absolute paths begin; nil until one is asked for.
  private let prefixes = Mutex<[String]?>(nil)
  private let opened = Atomic<Int>(0)
  private let missing = Mutex<Missing>(Missing())

  private struct Missing {
    var count = 0
    /// The paths of the first ones.
    var examples: [String] = []
    /// Other roots under which some would be found, with the number for each.
    var byRoot: [String: Int] = [:]
  }

  private static let mostExamples = 64

  /// Opens a folder or archive.
  ///
  /// - Parameters:
  ///   - path: the folder or archive.
  ///   - maximumBytes: larger image files are refused before they are read.
  ///   - pixelLimit: kept for those who read the images; the store itself does not apply it.
  ///   - searchesFolders: whether a path that no file has is looked for below all folders.
  /// - Throws: `FileError` or `ArchiveError` where there is no such folder or archive.
  public init(
    path: String, maximumBytes: Int, pixelLimit: PixelLimit = .standard,
    searchesFolders: Bool = false
  ) throws {
    (self.searchesFolders, others, shelf) = (searchesFolders, [], ArchiveShelf())
    self.path = path
    self.pixelLimit = pixelLimit
    self.maximumBytes = maximumBytes
    if let root = try folder(at: path) {
      place = .folder(root: root)
    } else {
      place = .archive(try ImageArchive(path: path))
    }
  }

  init(
    root: String, shelf: ArchiveShelf, maximumBytes: Int, pixelLimit: PixelLimit = .standard,
    searchesFolders: Bool = false
  ) {
    (self.searchesFolders, others, self.shelf) = (searchesFolders, [], shelf)
    path = root
    self.pixelLimit = pixelLimit
    self.maximumBytes = maximumBytes
    place = .folder(root: root)
  }

  init(
    archive: ImageArchive, path: String, maximumBytes: Int, pixelLimit: PixelLimit = .standard,
    searchesFolders: Bool = false
  ) {
    (self.searchesFolders, others, shelf) = (searchesFolders, [], ArchiveShelf())
    self.path = path
    self.pixelLimit = pixelLimit
    self.maximumBytes = maximumBytes
    place = .archive(archive)
  }

  /// Several stores as one: an image is taken from the first that has it. nil where there are none.
  public init?(joining stores: [ImageStore]) {
    guard let first = stores.first else { return nil }
    (place, path, searchesFolders) = (first.place, first.path, first.searchesFolders)
    (maximumBytes, pixelLimit, shelf) = (first.maximumBytes, first.pixelLimit, first.shelf)
    others = Array(stores.dropFirst())
  }

  /// Opens an image and reads its header. It is not decoded.
  ///
  /// - Parameters:
  ///   - relative: a path as annotations give it; one with `..` is never found. Where no file has exactly this
  ///     path, it is tried in plain form: with `/` for `\`, and without `./` or doubled slashes.
  ///   - reader: one that only the calling thread uses.
  /// - Throws: `Failure`, which says why the image cannot be used.
  public func open(_ relative: String, with reader: ImageHeaderReader) throws(Failure)
    -> StoredImage
  {
    var image = try found(relative, with: reader)
    for store in others where image == nil { image = try store.found(relative, with: reader) }
    guard let image else {
      throw .missing(climbs(normalised(relative)) ? nil : near(relative))
    }
    opened.add(1, ordering: .relaxed)
    return image
  }

  /// - Returns: nil where this store alone has no such image.
  private func found(
    _ relative: String, with reader: ImageHeaderReader
  ) throws(Failure) -> StoredImage? {
    // Paths written by other systems are tried in plain form where no file has exactly that path.
    let plain = normalised(relative)
    for path in plain == relative || plain.isEmpty ? [relative] : [relative, plain] {
      do throws(Failure) {
        return try find(path, with: reader)
      } catch {
        guard case .missing = error else { throw error }
      }
    }
    if searchesFolders, !climbs(plain), let path = withNames({ $0.only(below: plain) }) {
      return try find(path, with: reader)
    }
    return nil
  }

  /// The path below the folder of images of one that annotations name from the system's root; nil where it is no image
  /// of the folder.
  public func relative(toRootOf absolute: String) -> String? {
    for start in rootPrefixes() where absolute.hasPrefix(start) {
      return String(absolute.dropFirst(start.count))
    }
    return nil
  }

  /// How absolute paths of this store's images may begin. They are asked for once a row of a list.
  private func rootPrefixes() -> [String] {
    prefixes.withLock { known in
      if let known { return known }
      let found = ([self] + others).flatMap { store -> [String] in
        guard case .folder(let root) = store.place else { return [] }
        // The folder may have been named through a link, as its images were.
        let named = FilePath(resolved(".") ?? "/").pushing(FilePath(store.path))
        return [root, named.lexicallyNormalized().string].map { $0.hasSuffix("/") ? $0 : $0 + "/" }
      }
      known = found
      return found
    }
  }

  /// The path of an image that annotations name without its ending; nil where there is none. It is looked for as `open`
  /// does, but not counted as missing.
  public func path(ofStem stem: String, with reader: ImageHeaderReader) -> String? {
    for store in [self] + others {
      for ending in FileEnding.images where (try? store.find(stem + ending, with: reader)) != nil {
        return stem + ending
      }
      guard searchesFolders, !climbs(stem) else { continue }
      let found = store.withNames { names in
        FileEnding.images.lazy.compactMap { names.only(below: stem + $0) }.first
      }
      if let found { return found }
    }
    return nil
  }

  private func find(
    _ relative: String, with reader: ImageHeaderReader
  ) throws(Failure) -> StoredImage {
    guard !climbs(relative) else { throw .missing(nil) }
    return switch place {
    case .folder(let root): try open(relative, inFolder: root, with: reader)
    case .archive(let archive): try open(relative, in: archive, with: reader)
    }
  }

  /// A file near a path that does not exist. Counts the missing image.
  private func near(_ relative: String) -> NearImage? {
    let near = withNames { $0.nearest(to: relative) }
    missing.withLock {
      $0.count += 1
      if $0.examples.count < Self.mostExamples { $0.examples.append(normalised(relative)) }
      if let root = near?.root { $0.byRoot[root, default: 0] += 1 }
    }
    return near
  }

  private func withNames<Result: Sendable>(_ body: (ImageNames) -> Result) -> Result {
    names.withLock { names in
      let all = names ?? readNames()
      names = all
      return body(all)
    }
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

  /// Says where the images are if at least 90 % are missing because their paths are relative to another folder:
  /// "13 of 13 images are missing; they would be found in 'data/images'". nil otherwise.
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

  /// The share of the missing images that are there below another root. It is estimated from the first ones.
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
    _ relative: String, inFolder root: String, with reader: ImageHeaderReader
  ) throws(Failure) -> StoredImage {
    do throws(Failure) {
      return try open(relative, in: root, with: reader)
    } catch {
      guard case .missing = error else { throw error }
      let found: (archive: ImageArchive, name: String)?
      do {
        found = try shelf.member(relative, in: root)
      } catch {
        throw .unreadable("\(error)")
      }
      guard let found else { throw error }
      guard found.archive.contains(found.name) else { throw .missing(nil) }
      return try read(found.name, of: found.archive, with: reader)
    }
  }

  private func open(
    _ relative: String, in root: String, with reader: ImageHeaderReader
  ) throws(Failure) -> StoredImage {
    let full = root + "/" + relative
    // Links are followed wherever they lead, as the owner of the folder has put them there.
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
    return try read(name, of: archive, with: reader)
  }

  private func read(
    _ name: String, of archive: ImageArchive, with reader: ImageHeaderReader
  ) throws(Failure) -> StoredImage {
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
    case let error as ArchiveError: .unreadable(error.found ?? "\(error)")
    default: .unreadable("\(error)")
    }
  }

  private func tooLarge(_ found: String) -> Failure {
    .oversized("expected at most \(maximumBytes) bytes, found \(found)")
  }

  /// The name of an archive's member. Annotations name images below the folder of images, which may be at some
  /// depth in an archive.
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
