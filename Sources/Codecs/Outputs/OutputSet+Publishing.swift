internal import CLinux
internal import Glibc
internal import SystemPackage

extension OutputSet {
  /// Gives all outputs their names in one step (`Publication`), and removes the unfinished folder.
  ///
  /// - Throws: `FileError` or `OutputRefusal`. Then the files that had the names before still have them, and the
  ///   unfinished folder is still whole, so that the run can be continued.
  public func publish() throws {
    guard !isStream else { return }
    try beforePublishing?()
    if isInScratch, try !leaveScratch() { return discard() }
    var renamed: [Publication.Item] = []
    var streams: [(place: OutputPlace, from: String)] = []
    for item in items {
      let (output, from) = (name + item.suffix, unfinished.path + "/" + name + item.suffix)
      guard try isThere(from) else { continue }
      // Another program may have changed this meanwhile.
      let place = try OutputPlace(base + item.suffix)
      if case .stream = place.kind {
        streams.append((place, from))
        continue
      }
      try item.isFolder ? prepareFolder(from, place) : prepareFile(from, place)
      renamed.append(
        Publication.Item(name: output, target: place.target, kind: item.isFolder ? .folder : .file))
    }
    if existing == .overwritten {
      for suffix in obsolete where !renamed.contains(where: { $0.name == name + suffix }) {
        guard try isThere(base + suffix) else { continue }
        renamed.append(
          Publication.Item(name: name + suffix, target: base + suffix, kind: .obsolete))
      }
    }
    do {
      try Publication(in: unfinished.path, of: renamed).perform()
    } catch {
      // It is undone, unless its journal is still there, or may be.
      isPublishing = (try? Publication(underWayIn: unfinished.path) != nil) ?? true
      throw error
    }
    for (place, from) in streams {
      guard case .stream(let descriptor) = place.kind else { continue }
      let file = try OutputFile(stream: place, descriptor: descriptor)
      try file.write(try wholeFile(from))
      try file.finish()
    }
    discard()
  }

  private func prepareFile(_ from: String, _ place: OutputPlace) throws {
    switch place.kind {
    case .folder:
      throw OutputRefusal(place.path, "expected a file to write, found a folder")
    case .file(let mode):
      if existing == .refused, !Self.isLog(place) {
        throw OutputRefusal(place.path, "expected no such file, found one", reason: .exists)
      }
      try keep(mode, of: place.target, for: from)
    case .absent, .stream: break
    }
  }

  /// A file that replaces another one gets its mode and, where this is permitted, its owner.
  private func keep(_ mode: mode_t, of target: String, for path: String) throws {
    var (old, new) = (stat(), stat())
    if stat(target, &old) == 0, stat(path, &new) == 0,
      (old.st_uid, old.st_gid) != (new.st_uid, new.st_gid)
    {
      _ = chown(path, old.st_uid, old.st_gid)
    }
    guard chmod(path, mode) == 0 else {
      throw FileError(action: "set the mode", path: path, errno: .current)
    }
  }

  private func prepareFolder(_ from: String, _ place: OutputPlace) throws {
    try FolderMark.set(from)
    try syncAll(from)
    switch place.kind {
    case .absent: break
    case .folder:
      if try entries(of: place.target).isEmpty { break }
      guard existing == .overwritten else {
        throw OutputRefusal(place.path, "expected no such folder, found one", reason: .exists)
      }
      try FolderMark.checkIsOurs(place.target, place.path)
    default: throw OutputRefusal(place.path, "expected a folder to make, found a file")
    }
  }
}

/// Waits until everything written to a folder's file system is on the disk: one call for any number of files.
private func syncAll(_ folder: String) throws {
  let raw = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
  guard raw >= 0 else { throw FileError(action: "open folder", path: folder, errno: .current) }
  defer { close(raw) }
  guard syncfs(raw) == 0 else { throw FileError(action: "sync", path: folder, errno: .current) }
}

/// Waits until a folder's names are on the disk.
func syncFolder(_ path: String) throws {
  let raw = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
  guard raw >= 0 else { throw FileError(action: "open folder", path: path, errno: .current) }
  defer { close(raw) }
  guard fsync(raw) == 0 || errno == EINVAL else {
    throw FileError(action: "sync", path: path, errno: .current)
  }
}
