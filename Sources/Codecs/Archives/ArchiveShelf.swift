internal import Synchronization

/// Archives that lie in a folder of images, of which a few are open at a time: those that were used last. So a folder of
/// any number of tars takes the memory of some lists of members.
final class ArchiveShelf: Sendable {
  private static let most = 4
  /// The one that was used last at the end.
  private let open = Mutex<[(path: String, archive: ImageArchive)]>([])

  /// The archive on the way of a path below `root`, with the name of the member, which may not be there; nil where no file
  /// is on the way.
  ///
  /// - Throws: as `ImageArchive`.
  func member(
    _ relative: String, in root: String
  ) throws -> (archive: ImageArchive, name: String)? {
    try Self.split(relative, in: root).map {
      (try archive(at: root + "/" + $0.archive), $0.member)
    }
  }

  private func archive(at path: String) throws -> ImageArchive {
    if let known = open.withLock({ Self.take(path, from: &$0) }) { return known }
    // Opening takes long, so others may look for theirs meanwhile.
    let archive = try ImageArchive(path: path)
    open.withLock { open in
      open.removeAll { $0.path == path }
      open.append((path, archive))
      if open.count > Self.most { open.removeFirst() }
    }
    return archive
  }

  private static func take(
    _ path: String, from open: inout [(path: String, archive: ImageArchive)]
  ) -> ImageArchive? {
    guard let i = open.firstIndex(where: { $0.path == path }) else { return nil }
    let found = open.remove(at: i)
    open.append(found)
    return found.archive
  }

  /// Finds the archive on the way of a path, as in `shards/00000.tar/000000012.jpg`.
  ///
  /// - Returns: the archive's path below `root`, and the rest; nil where no file is on the way.
  private static func split(_ relative: String, in root: String) -> (
    archive: String, member: String
  )? {
    var end = relative.startIndex
    while let slash = relative[end...].firstIndex(of: "/") {
      let path = String(relative[..<slash])
      if ImageArchive.hasEnding(path), isRegularFile(root + "/" + path) {
        return (path, String(relative[relative.index(after: slash)...]))
      }
      end = relative.index(after: slash)
    }
    return nil
  }
}
