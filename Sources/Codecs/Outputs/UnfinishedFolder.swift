internal import Glibc
internal import SystemPackage

/// The folder `BASE.partial` in which a run's outputs are made before they get their names.
///
/// It holds the lock that keeps a second run out, and `run.json`, a description of the run; without it no run is
/// continued. A folder of this name that no run made is never touched.
final class UnfinishedFolder {
  let path: String
  private let base: String
  private let name: String
  private var lock: FileDescriptor?
  /// Parent folders that were made for it, outermost first.
  private var madeParents: [String] = []

  /// - Parameter base: the outputs' path without their suffixes.
  init(base: String) {
    self.base = base
    path = base + ".partial"
    name = base.split(separator: "/").last.map(String.init) ?? base
  }

  deinit { try? lock?.close() }

  /// Makes the folder, or takes the one of a run that has ended, and locks it.
  ///
  /// - Throws: `OutputInUse` where a run is using it, `OutputRefusal` where no run made it.
  func take() throws {
    try makeParents()
    // A run that ends removes the folder with its lock, so a lock that was just taken may be of a folder that is
    // gone.
    for attempt in 0..<100 {
      let isNew = mkdir(path, 0o777) == 0
      if !isNew {
        let error = Errno.current
        if error == .noSuchFileOrDirectory, attempt < 10 {
          // Another run removed the parent folder as an empty one, before this was in it.
          try makeParents()
          continue
        }
        guard error == .fileExists else {
          dropMadeParents()
          throw FileError(action: "create", path: path, errno: error)
        }
        try checkIsOurs()
      }
      if try takeLock() { return }
    }
    throw OutputInUse(base: base, owner: "")
  }

  /// Removes everything but the lock. `run.json`, which says whose folder it is, goes last, as this may be
  /// interrupted at any point.
  func empty() throws {
    for entry in try entries(of: path) where entry != "lock" && entry != "run.json" {
      try removeTree(path + "/" + entry)
    }
    try removeTree(path + "/run.json")
  }

  /// Removes the links of outputs that were getting their names when a run stopped.
  func dropLinks() throws {
    for entry in try entries(of: path)
    where try OutputPlace.linkTarget(of: path + "/" + entry) != nil {
      try removeTree(path + "/" + entry)
    }
  }

  /// Removes the folder, and the parent folders that were made for it where they are empty.
  ///
  /// - Returns: whether it is gone.
  func remove() -> Bool {
    guard lock != nil else { return true }
    try? empty()
    unlink(path + "/lock")
    let isGone = rmdir(path) == 0 || errno == ENOENT
    dropMadeParents()
    return isGone
  }

  /// The description that a killed run left; nil where it left none.
  var description: [UInt8]? { try? wholeFile(path + "/run.json") }

  /// Writes the description. It appears only when it is whole.
  func describe(_ text: String) throws {
    try writeWhole(path + "/run.json", text.utf8)
  }

  private static let links = ["current", "current.new", "between"]
  /// The names of what a run has in its folder beside outputs, which no output can have.
  static let ownNames =
    ["lock", "run.json", "run.json.new", "publishing", "publishing.new", "switched", "old"] + links

  /// - Throws: `OutputRefusal` unless everything in the folder is what a run leaves.
  private func checkIsOurs() throws {
    var status = stat()
    guard lstat(path, &status) == 0 else { return }
    guard status.st_mode & S_IFMT == S_IFDIR else { throw foreign("something else") }
    let (links, own) = (Self.links, Self.ownNames)
    let names = try entries(of: path)
    for entry in names {
      guard own.contains(entry) || entry.hasPrefix(name) else { throw foreign("'\(entry)' in it") }
      guard lstat(path + "/" + entry, &status) == 0 else { continue }
      let kind = status.st_mode & S_IFMT
      let isPlain = kind == S_IFREG || kind == S_IFDIR
      let isOwnLink = try links.contains(entry) || Publication.isLink(path + "/" + entry, to: entry)
      guard isPlain || kind == S_IFLNK && isOwnLink else {
        throw foreign("a link or device in it")
      }
    }
    if names.contains("run.json") {
      let text = String(decoding: description ?? [], as: UTF8.self)
      guard text.isEmpty || text.hasPrefix("{}") || text.contains("\"sixdof\"") else {
        throw foreign("another program's run.json in it")
      }
    } else if names.contains(where: { !own.contains($0) }) {
      throw foreign("files without a run's description")
    }
  }

  private func foreign(_ found: String) -> OutputRefusal {
    OutputRefusal(
      path,
      "expected no folder of this name but an unfinished run's, found one that sixdof did not make, with \(found); move it, or choose another output"
    )
  }

  /// - Returns: false where the folder was removed meanwhile.
  private func takeLock() throws -> Bool {
    let file = path + "/lock"
    let raw = open(file, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0o644)
    guard raw >= 0 else {
      if errno == ENOENT { return false }
      throw FileError(action: "lock", path: file, errno: .current)
    }
    let descriptor = FileDescriptor(rawValue: raw)
    var isKept = false
    defer { if !isKept { try? descriptor.close() } }
    var status = flock(raw, LOCK_EX | LOCK_NB)
    while status != 0, errno == EINTR { status = flock(raw, LOCK_EX | LOCK_NB) }
    if status != 0 {
      let error = Errno.current
      if error == .wouldBlock { throw OutputInUse(base: base, owner: owner(of: descriptor)) }
      // Some network file systems have no locks. There a second run is not kept out, which is accepted.
      guard [.noLocks, .notSupported, .noFunction, .invalidArgument].contains(error) else {
        throw FileError(action: "lock", path: file, errno: error)
      }
    }
    var (held, named) = (stat(), stat())
    guard fstat(raw, &held) == 0, stat(file, &named) == 0, held.st_ino == named.st_ino,
      held.st_dev == named.st_dev
    else { return false }
    // The process number is for messages only: the lock works without it.
    if ftruncate(raw, 0) == 0 { _ = try? descriptor.writeAll("\(getpid())\n".utf8) }
    (lock, isKept) = (descriptor, true)
    return true
  }

  private func owner(of descriptor: FileDescriptor) -> String {
    let bytes = [UInt8](unsafeUninitializedCapacity: 32) { room, count in
      count =
        (try? descriptor.read(fromAbsoluteOffset: 0, into: UnsafeMutableRawBufferPointer(room)))
        ?? 0
    }
    return String(decoding: bytes.filter { (0x30...0x39).contains($0) }, as: UTF8.self)
  }

  private func makeParents() throws {
    let parent = path.folderOfPath
    var missing: [String] = []
    var next = parent
    while !isFolder(next), next != "/", next != "." {
      missing.append(next)
      next = next.folderOfPath
    }
    for folder in missing.reversed() {
      if mkdir(folder, 0o777) == 0 {
        madeParents.append(folder)
      } else if errno != EEXIST {
        let error = Errno.current
        dropMadeParents()
        throw FileError(action: "create", path: folder, errno: error)
      }
    }
  }

  private func dropMadeParents() {
    for folder in madeParents.reversed() { rmdir(folder) }
    madeParents = []
  }
}
