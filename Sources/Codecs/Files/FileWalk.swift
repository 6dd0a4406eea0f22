internal import Glibc
internal import SystemPackage

/// A walk over a tree's files. For each level of depth it holds one folder's names, so its memory does not grow
/// with the number of files.
public struct FileWalk: Sendable {
  private enum Entry: Sendable {
    case file(String)
    /// Of the archive that the walk is of, or of one that it entered.
    case member(String, size: Int?)
    case folder(String)
    case archive(String)
  }

  private let root: String
  /// What is still to be visited; the next one is at the end.
  private var waiting: [Entry]
  /// Folders that were visited. A link must not lead back to them.
  private var visited: Set<FileIdentity> = []
  /// Links whose target is missing, or may not be looked at.
  public private(set) var brokenLinks = LeftOut()
  /// Links to a folder that was visited already, most often to one that contains the link.
  public private(set) var cycles = LeftOut()
  /// Names that are not UTF-8, so that no annotation can name them.
  public private(set) var namesNotUTF8 = LeftOut()

  /// Archives that cannot be read, where they are entered.
  public private(set) var damagedArchives = LeftOut()
  /// Members of archives that stand for files and are not read.
  public private(set) var leftMembers: [LeftMember] = []
  /// Whether archives in folders are walked through, as if they were folders of their names.
  private var entersArchives = false

  /// What a walk leaves out for one reason.
  public struct LeftOut: Sendable, Equatable {
    /// How many there are.
    public internal(set) var count = 0
    /// The first one's path, empty where there is none. In a name that is not UTF-8, odd bytes are written as
    /// `\xE9`.
    public internal(set) var first = ""

    mutating func add(_ path: String) {
      if count == 0 { first = path }
      count += 1
    }
  }

  /// The file that `next` returned last.
  private var last: Entry?

  /// The size in bytes of the file that `next` returned last; nil where an archive does not state it, or the file is
  /// gone.
  public var size: Int? {
    switch last {
    case .file(let path): fileSize(root + "/" + path)
    case .member(_, let size): size
    default: nil
    }
  }

  init(files: [(name: String, size: Int?)], leftOut: [LeftMember]) {
    root = ""
    leftMembers = leftOut
    waiting = files.reversed().map { .member($0.name, size: $0.size) }
  }

  init(root: String, from folder: String, entersArchives: Bool = false) {
    self.root = root
    self.entersArchives = entersArchives
    waiting = [.folder(folder)]
  }

  /// - Parameter list: folders, archives and files below the root, in the order in which they are walked through.
  init(root: String, list: [String], entersArchives: Bool) {
    self.root = root
    self.entersArchives = entersArchives
    waiting = list.reversed().map { path in
      let full = root + "/" + path
      if isFolder(full) { return .folder(path) }
      return ImageArchive.hasEnding(path) ? .archive(path) : .file(path)
    }
  }

  /// The next file's path, relative to the tree; nil at the end.
  ///
  /// - Throws: `FileError` where a folder cannot be read.
  public mutating func next() throws -> String? {
    while let entry = waiting.popLast() {
      switch entry {
      case .file(let path), .member(let path, _):
        last = entry
        return path
      case .folder(let path): try open(path)
      case .archive(let path): enter(path)
      }
    }
    return nil
  }

  private mutating func enter(_ path: String) {
    guard let archive = try? ImageArchive(path: root + "/" + path) else {
      return damagedArchives.add(path)
    }
    leftMembers += archive.leftOut.map { LeftMember($0.name, $0.reason, in: path) }
    let files = archive.files.sorted { $1.name.comesBeforeInBytes($0.name) }
    waiting += files.map { .member(path + "/" + $0.name, size: $0.size) }
  }

  private mutating func open(_ relative: String) throws {
    let full = relative.isEmpty ? root : root + "/" + relative
    if let identity = FileIdentity(full) { visited.insert(identity) }
    let found = try FolderNames(full)
    for name in found.notUTF8 {
      namesNotUTF8.add(relative.isEmpty ? name : relative + "/" + name)
    }
    // In descending order, as they are taken from the end.
    for entry in found.entries.reversed() {
      let path = relative.isEmpty ? entry.name : relative + "/" + entry.name
      var (status, format) = (stat(), entry.format)
      if format == nil {
        guard lstat(root + "/" + path, &status) == 0 else {
          if Errno.current.saysAbsent { continue }
          throw FileError(action: "stat", path: root + "/" + path, errno: .current)
        }
        format = status.st_mode & S_IFMT
      }
      let isLink = format == S_IFLNK
      if isLink {
        guard stat(root + "/" + path, &status) == 0 else {
          try leaveOut(linkAt: path, Errno.current)
          continue
        }
        format = status.st_mode & S_IFMT
      }
      switch format {
      case S_IFDIR where isLink && !visited.insert(FileIdentity(status)).inserted:
        cycles.add(path)
      case S_IFDIR: waiting.append(.folder(path))
      case S_IFREG where entersArchives && ImageArchive.hasEnding(path):
        waiting.append(.archive(path))
      case S_IFREG: waiting.append(.file(path))
      default: break
      }
    }
  }

  /// A link that cannot be followed.
  private mutating func leaveOut(linkAt path: String, _ error: Errno) throws {
    if error == .tooManySymbolicLinkLevels {
      cycles.add(path)
    } else if error.saysAbsent || error == .permissionDenied {
      brokenLinks.add(path)
    } else {
      throw FileError(action: "stat", path: root + "/" + path, errno: error)
    }
  }
}

/// Identifies a file or folder whatever path leads to it.
struct FileIdentity: Hashable, Sendable {
  private let device: UInt64
  private let number: UInt64

  init(_ status: stat) { (device, number) = (UInt64(status.st_dev), UInt64(status.st_ino)) }

  /// nil where there is no such file.
  init?(_ path: String) {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    self.init(status)
  }
}

func shown(_ bytes: some Collection<UInt8>) -> String {
  bytes.map { byte in
    (0x20..<0x7F).contains(byte)
      ? String(UnicodeScalar(byte)) : "\\x" + String(byte, radix: 16, uppercase: true)
  }.joined()
}

/// A path with every link followed; nil where something on the way is missing.
func resolved(_ path: String) -> String? {
  guard let text = realpath(path, nil) else { return nil }
  defer { free(text) }
  return String(cString: text)
}

/// The folder that a path names, with all links followed; nil where it names something else or nothing.
///
/// - Throws: `FileError` where that cannot be told: what cannot be looked at is no file for it.
public func folder(at path: String) throws -> String? {
  var status = stat()
  guard stat(path, &status) == 0 else {
    let error = Errno.current
    if error.saysAbsent { return nil }
    throw FileError(action: "stat", path: path, errno: error)
  }
  return status.st_mode & S_IFMT == S_IFDIR ? resolved(path) : nil
}

/// Whether a path names a regular file, links followed.
func isRegularFile(_ path: String) -> Bool {
  var status = stat()
  return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
}

/// Whether a path names something, links followed.
public func fileExists(_ path: String) -> Bool { access(path, F_OK) == 0 }

/// The size in bytes of what a path names, links followed; nil where there is nothing.
public func fileSize(_ path: String) -> Int? {
  var status = stat()
  return stat(path, &status) == 0 ? Int(status.st_size) : nil
}

/// Whether a path names a folder, links followed.
public func isFolder(_ path: String) -> Bool {
  var status = stat()
  return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
}

/// Whether `..` is one of a path's parts.
public func climbs(_ path: String) -> Bool {
  path.hasPathPart { $0.count == 2 && $0[0] == UInt8(ascii: ".") && $0[1] == UInt8(ascii: ".") }
}
