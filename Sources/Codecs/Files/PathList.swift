internal import Glibc

/// A file of paths, one a line, that stands for all of them where a folder or archive is asked for: `@shards.txt`.
///
/// Paths are relative to the current folder. They name archives, folders and images. Empty lines are skipped, and so is a byte
/// order mark.
public struct PathList: Sendable {
  /// The list's own path.
  public let path: String
  /// The paths as the file has them.
  public let paths: [String]
  /// Lines that add nothing to the list, in order.
  public let faults: [Fault]
  /// The deepest folder that holds all that is listed, links followed.
  let root: String
  /// What is listed, relative to `root`.
  let names: [String]

  /// A line that adds nothing to the list.
  public struct Fault: Sendable, Equatable {
    /// What is wrong with it.
    public enum Reason: Sendable, Equatable {
      /// There is no file or folder of this path.
      case nothing
      /// It names a file of another kind.
      case otherFile
      /// It names what a line before it does.
      case repeated
    }

    /// 1-based.
    public let line: Int
    /// What is wrong with it.
    public let reason: Reason
    /// What was expected, and what was found.
    public let detail: String
  }

  /// The file that an argument names a list by; nil where it is no list, or a file of that very name.
  public static func file(_ argument: String) -> String? {
    argument.hasPrefix("@") && !fileExists(argument) ? String(argument.dropFirst()) : nil
  }

  /// All that an argument names: a list and what it lists, or the path that it is. For a list that cannot be read, its own
  /// path.
  public static func all(_ argument: String) -> [String] {
    guard let file = file(argument) else { return [argument] }
    return [file] + ((try? PathList(file))?.paths ?? [])
  }

  /// Reads a list.
  ///
  /// - Throws: `FileError` where there is no such file; `ArchiveError` where no line names anything that can be read.
  public init(_ path: String) throws {
    self.path = path
    let text = try MappedFile(path: path).withBytes { bytes in
      let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
      return String(decoding: bytes.dropFirst(bytes.starts(with: mark) ? 3 : 0), as: UTF8.self)
    }
    var (paths, places, lines): ([String], [String], [String: Int]) = ([], [], [:])
    var faults: [Fault] = []
    let all = text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }
    for (number, line) in all.enumerated() where !line.isEmpty {
      func skip(_ reason: Fault.Reason, _ found: String) {
        let detail = "expected the path of an archive, folder or image, found \(found)"
        faults.append(Fault(line: number + 1, reason: reason, detail: detail))
      }
      guard let place = resolved(String(line)) else {
        skip(.nothing, "nothing at '\(line)'; correct or remove the line")
        continue
      }
      guard isFolder(place) || ImageArchive.hasEnding(place) || place.hasImageEnding else {
        skip(.otherFile, "'\(line)'; remove the line")
        continue
      }
      if let first = lines[place] {
        skip(.repeated, "what line \(first) names: '\(line)'; it is read once: remove the line")
        continue
      }
      lines[place] = number + 1
      paths.append(String(line))
      places.append(place)
    }
    guard !places.isEmpty else {
      if let fault = faults.first { throw Self.error(fault, in: path) }
      throw ArchiveError(path: path, detail: "expected paths of archives, a line each, found none")
    }
    let parts = places.map { $0.split(separator: "/") }
    var common = parts[0].dropLast()
    for other in parts {
      let shared = zip(common, other.dropLast()).prefix { $0 == $1 }.count
      common = common.prefix(shared)
    }
    root = "/" + common.joined(separator: "/")
    names = parts.map { $0.dropFirst(common.count).joined(separator: "/") }
    (self.paths, self.faults) = (paths, faults)
  }

  static func error(_ fault: Fault, in path: String) -> ArchiveError {
    ArchiveError(path: "\(path):\(fault.line)", detail: fault.detail)
  }
}
