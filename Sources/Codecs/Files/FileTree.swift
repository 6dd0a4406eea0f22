internal import Glibc
internal import SystemPackage

/// A folder, zip or tar with a dataset in it, or a list of such. Its files are addressed by relative paths with `/`
/// between folders.
///
/// Links in a folder are followed wherever they lead, as the owner of the folder has put them there. Links that
/// lead nowhere or back count as absent, and a walk counts them. Links in archives are refused.
public final class FileTree: Sendable {
  private enum Place: Sendable {
    case folder(root: String)
    case archive(ImageArchive)
    /// Of the folder only what is listed, relative to it.
    case list(root: String, names: [String])
  }

  private let place: Place
  /// Archives on the way of paths in a folder.
  private let shelf = ArchiveShelf()
  /// Files up to this size are read and not mapped, which takes fewer system calls.
  private static let largestRead = 1 << 18
  /// Larger files are not read for their first bytes alone.
  private static let largestLook = 256 << 20
  /// What was opened, for messages.
  public let path: String

  /// Lines of the list that were skipped.
  public let listFaults: [PathList.Fault]

  /// Opens a folder or archive, or several by a list of them (`PathList`) without a faulty line.
  ///
  /// - Throws: `FileError` or `ArchiveError` where there is no such folder or archive.
  public convenience init(path: String) throws { try self.init(path: path, skipsFaults: false) }

  /// Opens a folder or archive, or several by a list of them (`PathList`).
  ///
  /// - Parameters:
  ///   - path: the folder or archive, or `@` and the list.
  ///   - skipsFaults: whether lines of a list that name nothing to read, or the same again, are skipped; the caller has to
  ///     tell them (`listFaults`).
  /// - Throws: `FileError` or `ArchiveError` where there is no such folder or archive, or a line of a list is at fault.
  public init(path: String, skipsFaults: Bool) throws {
    self.path = path
    let list = try PathList.file(path).map { try PathList($0) }
    listFaults = list?.faults ?? []
    if let list {
      if let fault = list.faults.first, !skipsFaults {
        throw PathList.error(fault, in: list.path)
      }
      place = .list(root: list.root, names: list.names)
    } else if let root = try folder(at: path) {
      place = .folder(root: root)
    } else {
      place = .archive(try ImageArchive(path: path))
    }
  }

  /// The images of the tree, as a store.
  ///
  /// - Parameters:
  ///   - maximumBytes: larger image files are refused before they are read.
  ///   - pixelLimit: kept for those who read the images (`ImageStore.pixelLimit`).
  ///   - searchesFolders: whether a path that no file has is looked for below all folders.
  public func images(
    maximumBytes: Int, pixelLimit: PixelLimit = .standard, searchesFolders: Bool = false
  ) throws -> ImageStore {
    switch place {
    case .folder(let root), .list(let root, _):
      ImageStore(
        root: root, shelf: shelf, maximumBytes: maximumBytes, pixelLimit: pixelLimit,
        searchesFolders: searchesFolders)
    case .archive(let archive):
      ImageStore(
        archive: archive, path: path, maximumBytes: maximumBytes, pixelLimit: pixelLimit,
        searchesFolders: searchesFolders)
    }
  }

  /// The folder's real name, links followed. For an archive, its file's name without the ending.
  public var name: String {
    switch place {
    case .folder(let root): return root.split(separator: "/").last.map(String.init) ?? root
    case .archive, .list:
      let file = path.split(separator: "/").last ?? ""
      return file.lastIndex(of: ".").map { String(file[..<$0]) } ?? String(file)
    }
  }

  /// Whether it is an archive and not a folder.
  public var isArchive: Bool { if case .archive = place { true } else { false } }

  /// The path with its ending spelt as the file has it, which may be in capitals. nil where there is no such
  /// file.
  public func spelling(of path: String) -> String? {
    if contains(path) { return path }
    guard let dot = path.utf8.lastIndex(of: UInt8(ascii: ".")) else { return nil }
    let (stem, ending) = (path[..<dot], path[dot...])
    return [ending.uppercased(), "." + ending.dropFirst().capitalizedASCII, ending.lowercased()]
      .filter { $0 != ending }.map { stem + $0 }.first(where: contains)
  }

  /// The path of the image with this stem, its ending spelt as the file has it; nil where there is none.
  public func image(ofStem stem: String) -> String? {
    FileEnding.images.lazy.compactMap { self.spelling(of: stem + $0) }.first
  }

  /// Whether there is a file at this path. A path with `..` never has one.
  public func contains(_ relative: String) -> Bool {
    switch place {
    case .archive(let archive): return archive.contains(relative)
    case .folder(let root), .list(let root, _):
      var status = stat()
      guard !climbs(relative) else { return false }
      guard stat(root + "/" + relative, &status) == 0 else {
        // A file that cannot be looked at counts as there. Reading it then says what is wrong.
        guard Errno.current.saysAbsent else { return true }
        guard let member = try? shelf.member(relative, in: root) else { return false }
        return member.archive.contains(member.name)
      }
      return status.st_mode & S_IFMT == S_IFREG
    }
  }

  /// What a file is by its first bytes; nil where they cannot be read. In an archive all of it is unpacked for that.
  public func signature(of relative: String) -> FileSignature? {
    switch place {
    case .folder(let root), .list(let root, _):
      if let full = try? path(of: relative, in: root), isRegularFile(full) {
        return try? FileSignature(path: full)
      }
    case .archive: break
    }
    return try? withBytes(of: relative, limit: Self.largestLook) { FileSignature(head: $0) }
  }

  /// Gives a file's bytes to the closure, during which they are valid. They are read or mapped from a folder, and
  /// unpacked from an archive.
  ///
  /// - Parameters:
  ///   - relative: the file's path from the tree's root, with slashes.
  ///   - limit: larger files, in bytes, are refused before memory is taken for them.
  ///   - body: gets the bytes.
  /// - Throws: `FileError` or `ArchiveError` where there is no such file, or where its data are broken or over
  ///   the limit; what the closure throws.
  public func withBytes<Result>(
    of relative: String, limit: Int, _ body: (UnsafeRawBufferPointer) throws -> Result
  ) throws -> Result {
    switch place {
    case .archive(let archive):
      return try archive.contents(ofMember: relative, limit: limit).withUnsafeBytes(body)
    case .folder(let root), .list(let root, _):
      let full = try path(of: relative, in: root)
      let descriptor: FileDescriptor
      do {
        descriptor = try openForReading(full, named: relative)
      } catch let error as FileError where error.isMissing {
        guard let member = try? shelf.member(relative, in: root) else { throw error }
        return try member.archive.contents(ofMember: member.name, limit: limit)
          .withUnsafeBytes(body)
      }
      return try descriptor.closeAfter {
        let size = try FileStamp(descriptor, path: relative).bytes
        guard size <= limit else { throw tooLarge(relative, limit) }
        guard size <= Self.largestRead else {
          return try MappedFile(path: full).withBytes(body)
        }
        return try withUnsafeTemporaryAllocation(byteCount: size, alignment: 16) { buffer in
          let count = try readFully(descriptor, at: 0, into: buffer, path: relative)
          guard count == size else {
            throw ChangedFile(path: relative, expectedBytes: size, foundBytes: count)
          }
          return try body(UnsafeRawBufferPointer(buffer))
        }
      }
    }
  }

  /// - Throws: `FileError` where the path has `..` and so might lead out of the folder.
  private func path(of relative: String, in root: String) throws -> String {
    guard !climbs(relative) else {
      throw FileError(action: "open", path: relative, errno: .notPermitted)
    }
    return root + "/" + relative
  }

  private func tooLarge(_ relative: String, _ limit: Int) -> FileError {
    FileError(action: "read more than \(limit) bytes", path: relative, errno: .fileTooLarge)
  }

  /// A file that stays open: mapped from a folder, unpacked from an archive.
  ///
  /// - Throws: as `withBytes(of:limit:)`.
  public func contents(of relative: String, limit: Int) throws -> FileContents {
    switch place {
    case .archive(let archive):
      return FileContents(.bytes(try archive.contents(ofMember: relative, limit: limit)))
    case .folder(let root), .list(let root, _):
      let file: MappedFile
      do {
        file = try MappedFile(path: try path(of: relative, in: root))
      } catch let error as FileError where error.isMissing {
        guard let member = try? shelf.member(relative, in: root) else { throw error }
        return FileContents(
          .bytes(try member.archive.contents(ofMember: member.name, limit: limit)))
      }
      guard file.count <= limit else { throw tooLarge(relative, limit) }
      return FileContents(.mapped(file))
    }
  }

  /// A walk over all files, folder by folder, with names in the order of their bytes.
  ///
  /// - Parameters:
  ///   - folder: the folder to start in; "" is the whole tree.
  ///   - entersArchives: whether archives in folders are walked through, as if they were folders of their names.
  public func walk(below folder: String = "", entersArchives: Bool = false) -> FileWalk {
    switch place {
    case .archive(let archive):
      let prefix = folder.isEmpty ? "" : folder + "/"
      let files = archive.files.filter { $0.name.hasPrefix(prefix) }
      return FileWalk(
        files: files.sorted { $0.name.comesBeforeInBytes($1.name) },
        leftOut: folder.isEmpty ? archive.leftOut : [])
    case .folder(let root):
      return FileWalk(root: root, from: folder, entersArchives: entersArchives)
    case .list(let root, let names):
      return FileWalk(root: root, list: names, entersArchives: entersArchives)
    }
  }

  /// The names of files and folders directly inside a folder, in the order of their bytes.
  ///
  /// - Parameter folder: relative; "" is the tree itself.
  /// - Throws: `FileError` where the folder cannot be read.
  public func entries(of folder: String) throws -> (files: [String], folders: [String]) {
    var found: (files: Set<String>, folders: Set<String>) = ([], [])
    switch place {
    case .archive(let archive):
      let prefix = folder.isEmpty ? "" : folder + "/"
      for name in archive.names where name.hasPrefix(prefix) {
        let rest = name.dropFirst(prefix.count)
        if let slash = rest.firstIndex(of: "/") {
          found.folders.insert(String(rest[..<slash]))
        } else {
          found.files.insert(String(rest))
        }
      }
    case .folder(let root), .list(let root, _):
      let full = folder.isEmpty ? root : root + "/" + folder
      for entry in try FolderNames(full).entries {
        var status = stat()
        guard stat(full + "/" + entry.name, &status) == 0 else { continue }
        if status.st_mode & S_IFMT == S_IFDIR { found.folders.insert(entry.name) }
        if status.st_mode & S_IFMT == S_IFREG { found.files.insert(entry.name) }
      }
    }
    func sorted(_ names: Set<String>) -> [String] {
      names.sorted { $0.comesBeforeInBytes($1) }
    }
    return (sorted(found.files), sorted(found.folders))
  }
}

extension StringProtocol {
  fileprivate var capitalizedASCII: String { prefix(1).uppercased() + dropFirst().lowercased() }
}

/// A file of a tree. Its bytes stay available as long as this object lives.
public final class FileContents: Sendable {
  enum Storage: Sendable {
    case mapped(MappedFile)
    case bytes([UInt8])
  }

  private let storage: Storage

  /// A file that is mapped already.
  public convenience init(_ file: MappedFile) { self.init(.mapped(file)) }

  /// A file in memory.
  public convenience init(_ bytes: [UInt8]) { self.init(.bytes(bytes)) }

  init(_ storage: Storage) { self.storage = storage }

  /// In bytes.
  public var count: Int {
    switch storage {
    case .mapped(let file): file.count
    case .bytes(let bytes): bytes.count
    }
  }

  /// Gives the file's bytes to the closure, during which they are valid.
  public func withBytes<Result>(
    _ body: (UnsafeRawBufferPointer) throws -> Result
  ) rethrows -> Result {
    switch storage {
    case .mapped(let file): try file.withBytes(body)
    case .bytes(let bytes): try bytes.withUnsafeBytes(body)
    }
  }
}
