internal import CLinux
internal import Glibc
internal import SystemPackage

extension OutputSet {
  /// Gives all outputs their names, in the order in which they were added, and removes the unfinished folder.
  ///
  /// - Throws: `FileError`, after which a run that can be gone on with is still whole in its unfinished folder.
  public func publish() throws {
    guard !isStream else { return }
    try unfinished.markPublishing()
    var published: Set<String> = []
    for item in items {
      let from = unfinished.path + "/" + name + item.suffix
      guard access(from, F_OK) == 0 else { continue }
      item.isFolder ? try publishFolder(from, item) : try publishFile(from, item)
      published.insert(item.suffix)
    }
    if existing == .overwritten {
      for suffix in obsolete where !published.contains(suffix) { try setAside(base + suffix) }
    }
    // The renames themselves are made to last before the run says that it is done.
    try syncFolder(OutputPlace.folder(of: base))
    discard()
  }

  private func publishFile(_ from: String, _ item: Item) throws {
    // Another program may have been here meanwhile.
    let place = try OutputPlace(base + item.suffix)
    var mode: mode_t?
    switch place.kind {
    case .stream(let descriptor):
      let file = try OutputFile(stream: place, descriptor: descriptor)
      try file.write(try wholeFile(from))
      return try file.finish()
    case .folder:
      throw OutputRefusal(place.path, "expected a file to write, found a folder")
    case .file(let old):
      mode = old
      if existing == .refused, !wasPublishing, !Self.isLog(place) {
        throw OutputRefusal(place.path, "expected no such file, found one", reason: .exists)
      }
    case .absent: break
    }
    if let mode { try keep(mode, of: place.target, for: from) }
    if rename(from, place.target) == 0 { return }
    guard errno == EXDEV else {
      throw FileError(action: "rename", path: place.path, errno: .current)
    }
    // A link may lead to another disk. There the file is whole under a name of its own before it gets its name.
    let beside = "\(place.target).\(getpid()).partial"
    try copyFile(from, to: beside, mode: mode)
    guard rename(beside, place.target) == 0 else {
      throw FileError(action: "rename", path: place.path, errno: .current)
    }
  }

  /// A file that takes another one's place gets its mode and, where that may be given, its owner.
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

  private func publishFolder(_ from: String, _ item: Item) throws {
    try FolderMark.set(from)
    try syncAll(from)
    let place = try OutputPlace(base + item.suffix)
    switch place.kind {
    case .absent: break
    case .folder:
      if try entries(of: place.target).isEmpty { break }
      guard existing == .overwritten || wasPublishing else {
        throw OutputRefusal(place.path, "expected no such folder, found one", reason: .exists)
      }
      try FolderMark.checkIsOurs(place.target, place.path, or: from)
      try setAside(place.target)
    default: throw OutputRefusal(place.path, "expected a folder to make, found a file")
    }
    guard rename(from, place.target) == 0 else {
      throw FileError(action: "rename", path: place.path, errno: .current)
    }
  }

  /// Moves what an earlier run made into the unfinished folder, with which it goes.
  private func setAside(_ path: String) throws {
    guard access(path, F_OK) == 0 else { return }
    let aside = unfinished.path + "/replaced"
    try removeTree(aside)
    guard rename(path, aside) == 0 else {
      throw FileError(action: "rename", path: path, errno: .current)
    }
  }

  private func copyFile(_ from: String, to path: String, mode: mode_t?) throws {
    let raw = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
    guard raw >= 0 else { throw FileError(action: "create", path: path, errno: .current) }
    let descriptor = FileDescriptor(rawValue: raw)
    defer { try? descriptor.close() }
    do {
      try MappedFile(path: from).withBytes { _ = try descriptor.writeAll($0) }
      guard fchmod(raw, mode ?? 0o644) == 0, fsync(raw) == 0 else { throw Errno.current }
    } catch let error as Errno {
      unlink(path)
      throw FileError(action: "write", path: path, errno: error)
    }
  }
}

/// Waits until all that was written to a folder's file system is on the disk: one call for any number of files.
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
