internal import CLinux
internal import Glibc
internal import SystemPackage

/// Marks a folder that a run made, so that it can be recognised later: an extended attribute holds a digest of
/// the names and sizes in it. A folder without it, or in which something was added, removed or changed since, is
/// not replaced.
///
/// It is an attribute and not a file, because these folders have layouts that other programs expect.
enum FolderMark {
  private static let attribute = "user.sixdof.made"

  static func set(_ folder: String) throws {
    let text = Array(try digest(of: folder).utf8)
    // On a file system without attributes the folder cannot be replaced later, which does no harm.
    _ = setxattr(folder, attribute, text, text.count, 0)
  }

  /// - Parameter name: what messages call the folder.
  /// - Throws: `OutputRefusal` where no run made the folder, or it was changed since; `FileError` where that
  ///   cannot be told.
  static func checkIsOurs(_ folder: String, _ name: String) throws {
    var bytes = [UInt8](repeating: 0, count: 64)
    let count = getxattr(folder, attribute, &bytes, bytes.count)
    guard count > 0 else {
      let error = Errno.current
      guard count == 0 || error.rawValue == ENODATA || error == .notSupported else {
        throw FileError(action: "read the mark of", path: name, errno: error)
      }
      throw OutputRefusal(
        name,
        "expected a folder that sixdof made, which may be replaced, found another; name another output, or remove it yourself"
      )
    }
    guard try digest(of: folder).utf8.elementsEqual(bytes.prefix(count)) else {
      throw OutputRefusal(
        name,
        "expected the folder as sixdof made it, found files added, removed or changed since; name another output, or remove it yourself"
      )
    }
  }

  /// - Throws: `FileError` where a folder cannot be read.
  private static func digest(of folder: String) throws -> String {
    var digest = RunningDigest()
    try add(folder, "", to: &digest)
    return digest.text
  }

  private static func add(
    _ folder: String, _ prefix: String, to digest: inout RunningDigest
  ) throws {
    for name in try entries(of: folder).sorted() {
      var status = stat()
      guard lstat(folder + "/" + name, &status) == 0 else {
        throw FileError(action: "stat", path: folder + "/" + name, errno: .current)
      }
      let isFolder = status.st_mode & S_IFMT == S_IFDIR
      digest.add("\(prefix)\(name)\n\(isFolder ? -1 : Int(status.st_size))\n".utf8)
      if isFolder { try add(folder + "/" + name, "\(prefix)\(name)/", to: &digest) }
    }
  }
}
