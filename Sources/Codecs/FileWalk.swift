internal import Glibc
internal import SystemPackage

/// A walk over a tree's files. It holds one folder's names for each level of depth, whatever the
/// number of files.
public struct FileWalk: Sendable {
  private enum Entry: Sendable {
    case file(String, size: Int?)
    case folder(String)
  }

  private let root: String
  /// What is still to be visited, last first.
  private var waiting: [Entry]
  /// Folders that were walked, which a link must not lead back to.
  private var visited: Set<FileIdentity> = []
  /// Links that lead nowhere: how many, and the first.
  public private(set) var brokenLinks = LeftOut()
  /// Links to a folder that was walked already, above all to one that they are in.
  public private(set) var cycles = LeftOut()
  /// Names that are no UTF-8, which no annotation can give.
  public private(set) var namesNotUTF8 = LeftOut()

  /// What a walk leaves out for one reason.
  public struct LeftOut: Sendable, Equatable {
    public internal(set) var count = 0
    /// The first one's path; of a name that is no UTF-8, with the odd bytes replaced.
    public internal(set) var first = ""

    mutating func add(_ path: String) {
      if count == 0 { first = path }
      count += 1
    }
  }

  /// Of the file that `next` gave last, in bytes; nil where an archive does not say it.
  public private(set) var size: Int?

  init(files: [(name: String, size: Int?)]) {
    root = ""
    waiting = files.reversed().map { .file($0.name, size: $0.size) }
  }

  init(root: String, from folder: String) {
    self.root = root
    waiting = [.folder(folder)]
  }

  /// The next file's path; nil at the end. Folders that cannot be read are errors.
  public mutating func next() throws -> String? {
    while let entry = waiting.popLast() {
      switch entry {
      case .file(let path, let size):
        self.size = size
        return path
      case .folder(let path): try open(path)
      }
    }
    return nil
  }

  private mutating func open(_ relative: String) throws {
    let full = relative.isEmpty ? root : root + "/" + relative
    if let identity = FileIdentity(full) { visited.insert(identity) }
    var names = try namesInFolder(full)
    for name in names.notUTF8 {
      namesNotUTF8.add(relative.isEmpty ? name : relative + "/" + name)
    }
    // Last first, for they are taken from the end.
    names.names.sort { $1.utf8.lexicographicallyPrecedes($0.utf8) }
    for name in names.names {
      let path = relative.isEmpty ? name : relative + "/" + name
      var status = stat()
      guard lstat(root + "/" + path, &status) == 0 else {
        if Errno.current.saysAbsent { continue }
        throw FileError(action: "stat", path: root + "/" + path, errno: .current)
      }
      let isLink = status.st_mode & S_IFMT == S_IFLNK
      if isLink, stat(root + "/" + path, &status) != 0 {
        let error = Errno.current
        if error == .tooManySymbolicLinkLevels {
          cycles.add(path)
        } else if error.saysAbsent || error == .permissionDenied {
          brokenLinks.add(path)
        } else {
          throw FileError(action: "stat", path: root + "/" + path, errno: error)
        }
        continue
      }
      switch status.st_mode & S_IFMT {
      case S_IFDIR where isLink && !visited.insert(FileIdentity(status)).inserted:
        cycles.add(path)
      case S_IFDIR: waiting.append(.folder(path))
      case S_IFREG: waiting.append(.file(path, size: Int(status.st_size)))
      default: break
      }
    }
  }
}

/// A file or folder, whatever the path that leads to it.
struct FileIdentity: Hashable, Sendable {
  private let device: UInt64
  private let number: UInt64

  init(_ status: stat) { (device, number) = (UInt64(status.st_dev), UInt64(status.st_ino)) }

  /// nil where there is none.
  init?(_ path: String) {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    self.init(status)
  }
}

/// What is in a folder, in no order, without what systems leave there. Names that are not UTF-8 are apart, with
/// their other bytes as `\xE9`: made text by repair they would be other files' names.
func namesInFolder(_ path: String) throws -> (names: [String], notUTF8: [String]) {
  guard let handle = opendir(path) else {
    throw FileError(action: "open folder", path: path, errno: .current)
  }
  defer { closedir(handle) }
  var (names, notUTF8): ([String], [String]) = ([], [])
  while let entry = try nextEntry(of: handle, path) {
    withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
      let bytes = bytes.prefix { $0 != 0 }
      guard let name = String(validating: bytes, as: UTF8.self) else {
        // What systems leave is hidden, whatever its name.
        if bytes.first != UInt8(ascii: ".") { notUTF8.append(shown(bytes)) }
        return
      }
      if name != ".", name != "..", !SystemLitter.isName(name) { names.append(name) }
    }
  }
  return (names, notUTF8)
}

/// A folder's next entry; nil at its end, which is not where it could not be read.
func nextEntry(
  of handle: OpaquePointer, _ path: String
) throws -> UnsafeMutablePointer<dirent>? {
  errno = 0
  let entry = readdir(handle)
  if entry == nil, errno != 0 {
    throw FileError(action: "read folder", path: path, errno: .current)
  }
  return entry
}

private func shown(_ bytes: some Collection<UInt8>) -> String {
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

/// Whether a path names a folder, links followed.
public func isFolder(_ path: String) -> Bool {
  var status = stat()
  return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
}

/// Whether a path has a `..` in it; by bytes, as the system sees a path.
func climbs(_ path: String) -> Bool {
  path.utf8.split(separator: UInt8(ascii: "/")).contains { $0.elementsEqual("..".utf8) }
}
