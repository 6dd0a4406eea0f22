internal import Glibc
internal import SystemPackage

/// A folder into which files are written. It and the folders in it are made when a file needs them.
public struct OutputFolder: Sendable {
  /// As it was given; it need not exist.
  public let path: String

  /// Makes nothing yet.
  public init(_ path: String) { self.path = path }

  /// The path of a file in it. The file's folder is made where it is missing.
  ///
  /// - Parameter name: relative, with `/` between folders.
  /// - Throws: `FileError` where the folder cannot be made.
  public func path(of name: String) throws -> String {
    let path = self.path + "/" + name
    // Nearly always the innermost folder exists, so it is tried first.
    let folder = path[..<(path.lastIndex(of: "/") ?? path.startIndex)]
    switch Self.make(folder) {
    case nil, .fileExists: return path
    case .noSuchFileOrDirectory: break
    case let errno?: throw FileError(action: "create", path: String(folder), errno: errno)
    }
    var ends = folder.indices.filter { folder[$0] == "/" && $0 != folder.startIndex }
    ends.append(folder.endIndex)
    for end in ends {
      if let errno = Self.make(folder[..<end]), errno != .fileExists {
        throw FileError(action: "create", path: String(folder[..<end]), errno: errno)
      }
    }
    return path
  }

  /// Makes a file in it, to be written piece by piece.
  ///
  /// - Parameter name: as in `path(of:)`.
  /// - Throws: `FileError` where it cannot be made.
  public func file(_ name: String) throws -> OutputFile {
    try OutputFile(path: path(of: name))
  }

  /// Writes a whole file in it, without waiting for the disk.
  ///
  /// - Parameters:
  ///   - bytes: the whole file.
  ///   - name: as in `path(of:)`.
  /// - Throws: `FileError` where it cannot be written.
  public func write(_ bytes: some Collection<UInt8>, to name: String) throws {
    let file = try file(name)
    try file.write(bytes)
    try file.flush()
  }

  private static func make(_ folder: Substring) -> Errno? {
    mkdir(String(folder), 0o777) == 0 ? nil : .current
  }
}
