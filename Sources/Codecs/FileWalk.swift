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
  /// Resolved folders on the way down, which a link must not lead back to.
  private var visited: Set<String>
  /// How many links were left out, for they lead out of the folder, nowhere, or back up.
  public private(set) var linksLeftOut = 0
  /// How many names were left out, for they are not UTF-8, and the first of them as it can be shown: of files
  /// and of folders, whose files are left out too.
  public private(set) var namesNotUTF8: (count: Int, first: String) = (0, "")

  /// Of the file that `next` gave last, in bytes; nil where an archive does not say it.
  public private(set) var size: Int?

  init(files: [(name: String, size: Int?)]) {
    root = ""
    waiting = files.reversed().map { .file($0.name, size: $0.size) }
    visited = []
  }

  init(root: String, from folder: String) {
    self.root = root
    waiting = [.folder(folder)]
    visited = []
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
    if let target = resolved(full), !visited.insert(target).inserted {
      linksLeftOut += 1
      return
    }
    var (names, others) = try namesInFolder(full)
    if !others.isEmpty, namesNotUTF8.count == 0 {
      namesNotUTF8.first = (relative.isEmpty ? "" : relative + "/") + (others.min() ?? "")
    }
    namesNotUTF8.count += others.count
    // Last first, for they are taken from the end.
    names.sort { $1.utf8.lexicographicallyPrecedes($0.utf8) }
    for name in names {
      let path = relative.isEmpty ? name : relative + "/" + name
      var status = stat()
      guard lstat(root + "/" + path, &status) == 0 else { continue }
      var kind = status.st_mode & S_IFMT
      if kind == S_IFLNK {
        guard let target = resolved(root + "/" + path), target.hasPrefix(root + "/") else {
          linksLeftOut += 1
          continue
        }
        kind = isFolder(target) ? S_IFDIR : S_IFREG
        guard stat(target, &status) == 0 else { continue }
      }
      if kind == S_IFDIR { waiting.append(.folder(path)) }
      if kind == S_IFREG { waiting.append(.file(path, size: Int(status.st_size))) }
    }
  }
}

/// What is in a folder, in no order, without what systems leave there. Names that are not UTF-8 are apart, with
/// their other bytes as `\xE9`: made text by repair they would be other files' names.
func namesInFolder(_ path: String) throws -> (names: [String], notUTF8: [String]) {
  guard let handle = opendir(path) else {
    throw FileError(action: "open folder", path: path, errno: .current)
  }
  defer { closedir(handle) }
  var (names, others): ([String], [String]) = ([], [])
  while let entry = readdir(handle) {
    withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
      let bytes = bytes.prefix { $0 != 0 }
      guard let name = String(validating: bytes, as: UTF8.self) else {
        // What systems leave is hidden, whatever its name.
        if bytes.first != UInt8(ascii: ".") { others.append(shown(bytes)) }
        return
      }
      if name != ".", name != "..", !SystemLitter.isName(name) { names.append(name) }
    }
  }
  return (names, others)
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
