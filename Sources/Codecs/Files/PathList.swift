internal import Glibc

/// A file of paths, one a line, that stands for all of them where a folder or archive is asked for: `@shards.txt`.
///
/// Paths are relative to the current folder. They name archives, folders and images. Empty lines are skipped.
public struct PathList: Sendable {
  /// The list's own path.
  public let path: String
  /// The paths as the file has them.
  public let paths: [String]
  /// The deepest folder that holds all that is listed, links followed.
  let root: String
  /// What is listed, relative to `root`.
  let names: [String]

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
  /// - Throws: `FileError` where there is no such file; `ArchiveError` where a line names nothing that can be read, or what
  ///   a line before it names.
  public init(_ path: String) throws {
    self.path = path
    let text = try MappedFile(path: path).withBytes { String(decoding: $0, as: UTF8.self) }
    var (paths, places, lines): ([String], [String], [String: Int]) = ([], [], [:])
    let all = text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }
    for (number, line) in all.enumerated() where !line.isEmpty {
      func wrong(_ found: String) -> ArchiveError {
        ArchiveError(
          path: "\(path):\(number + 1)",
          detail: "expected the path of an archive, folder or image, found \(found)")
      }
      guard let place = resolved(String(line)) else { throw wrong("nothing at '\(line)'") }
      guard isFolder(place) || ImageArchive.hasEnding(place) || place.hasImageEnding else {
        throw wrong("'\(line)'")
      }
      if let first = lines[place] { throw wrong("what line \(first) names: '\(line)'") }
      lines[place] = number + 1
      paths.append(String(line))
      places.append(place)
    }
    guard !places.isEmpty else {
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
    self.paths = paths
  }
}
