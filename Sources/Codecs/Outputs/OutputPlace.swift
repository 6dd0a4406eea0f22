internal import Glibc
internal import SystemPackage

/// What is at an output's path, with links followed.
struct OutputPlace {
  enum Kind: Equatable {
    case absent
    case file(mode: mode_t)
    case folder
    /// A device, pipe or socket, or an open descriptor such as `/dev/stdout`. Outputs are written to it directly,
    /// and it is never replaced.
    case stream(descriptor: Int32?)
  }

  /// As the user named it.
  let path: String
  /// Where the output goes: the path itself, or the target of a link.
  let target: String
  let kind: Kind

  /// The longest path that system calls take, in bytes.
  private static let longestPath = 4095
  private static let longestName = 255

  /// - Parameter extra: by how many bytes a temporary name is longer.
  /// - Throws: `OutputRefusal` where nothing can be written there.
  init(_ path: String, extra: Int = 0) throws(OutputRefusal) {
    guard !path.isEmpty else {
      throw OutputRefusal(path, "expected a name, found an empty one")
    }
    guard !path.utf8.contains(0) else {
      throw OutputRefusal(path, "expected a name, found one with a zero byte")
    }
    guard path.utf8.count + extra <= Self.longestPath else {
      throw OutputRefusal(
        String(path.prefix(60)) + "…",
        "expected a path of at most \(Self.longestPath - extra) bytes, found \(path.utf8.count)")
    }
    for name in path.split(separator: "/") where name.utf8.count > Self.longestName {
      throw Self.longName(name, most: Self.longestName)
    }
    if let last = path.split(separator: "/").last, last.utf8.count + extra > Self.longestName {
      throw Self.longName(last, most: Self.longestName - extra)
    }
    self.path = path
    (target, kind) = try Self.follow(path)
  }

  private static func longName(_ name: Substring, most: Int) -> OutputRefusal {
    OutputRefusal(
      String(name.prefix(60)) + "…",
      "expected a file name of at most \(most) bytes, found \(name.utf8.count)")
  }

  private static func follow(_ path: String) throws(OutputRefusal) -> (String, Kind) {
    var current = path
    // The system itself follows this many links.
    for _ in 0..<40 {
      var status = stat()
      guard lstat(current, &status) == 0 else {
        switch errno {
        case ENOENT:
          // Small systems lack the name, or /proc that it leads into; the descriptor is there all the same.
          return path == "/dev/stdout" ? (path, .stream(descriptor: 1)) : (current, .absent)
        case ENOTDIR:
          throw OutputRefusal(path, "expected a folder to write in, found a file on the way")
        case ELOOP:
          throw OutputRefusal(path, "expected a place to write, found links that lead in a circle")
        default:
          throw OutputRefusal(
            path, "expected a place to write, found: \(Errno.current)", reason: .system)
        }
      }
      switch status.st_mode & S_IFMT {
      case S_IFREG: return (current, .file(mode: status.st_mode & 0o7777))
      case S_IFDIR: return (current, .folder)
      case S_IFCHR, S_IFIFO, S_IFSOCK: return (current, .stream(descriptor: nil))
      case S_IFLNK: break
      default: throw OutputRefusal(path, "expected a file or a stream, found a disk")
      }
      let folder = current.folderOfPath
      if let real = resolved(folder), real.hasPrefix("/proc/"), real.hasSuffix("/fd") {
        let number = current.split(separator: "/").last.flatMap { Int32($0) }
        return (current, .stream(descriptor: number))
      }
      let link: String
      do {
        guard let found = try linkTarget(of: current) else { continue }
        link = found
      } catch {
        throw OutputRefusal(
          path, "expected a link that can be followed, found: \(error.errno)", reason: .system)
      }
      current = link.hasPrefix("/") ? link : folder + "/" + link
    }
    throw OutputRefusal(path, "expected a place to write, found links that lead in a circle")
  }

  /// The text of a link; nil where there is no link.
  ///
  /// - Throws: `FileError` where it is there and cannot be read.
  static func linkTarget(of path: String) throws(FileError) -> String? {
    var buffer = [CChar](repeating: 0, count: longestPath + 1)
    let count = readlink(path, &buffer, longestPath)
    guard count >= 0 else {
      let error = Errno.current
      if error == .invalidArgument || error.saysAbsent { return nil }
      throw FileError(action: "read link", path: path, errno: error)
    }
    return String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// A path's last name.
  static func name(of path: String) -> String {
    path.split(separator: "/").last.map(String.init) ?? path
  }

  /// The real path of the target, even where it and folders on the way do not exist yet.
  var realTarget: String {
    if let real = resolved(target) { return real }
    var missing: [String] = []
    var rest = target
    while rest != "/", rest != "." {
      missing.append(String(rest.split(separator: "/").last ?? ""))
      rest = rest.folderOfPath
      if let real = resolved(rest) {
        return (real == "/" ? "" : real) + "/" + missing.reversed().joined(separator: "/")
      }
    }
    return (rest == "." ? resolved(".") ?? "." : "") + "/"
      + missing.reversed().joined(separator: "/")
  }
}
