internal import CLinux
internal import Glibc
internal import SystemPackage

/// Gives a run's outputs their names in one step. No failure, signal or power cut leaves this half done.
///
/// Several names cannot be changed at once, but the target of one link can. For a moment each name is a link that
/// leads through that one:
///
///     BASE.partial/current -> old            then, in one rename: -> .
///     BASE.lmdb -> BASE.partial/current/BASE.lmdb
///     BASE.partial/old/BASE.lmdb             what had the name before, or nothing
///     BASE.partial/BASE.lmdb                 what is to have it
///
/// 1. *Stage*: each name becomes such a link. All still lead to the old outputs; new names lead nowhere. 2.
/// *Switch*: `current` leads to the new ones. This is the step. 3. *Settle*: each new output takes the place of
/// its link.
///
/// A journal, written first, lists the names. A run that finds a journal settles: forward after the switch, back
/// before it. On file systems without links, and for folders whose names cannot be exchanged, names are changed
/// one by one after the switch.
struct Publication {
  struct Item: Equatable {
    enum Kind: String {
      case file, folder
      /// An output of an earlier run that is removed and not replaced.
      case obsolete
    }

    /// Its name in the unfinished folder.
    var name: String
    /// The path that it gets, with the user's links followed.
    var target: String
    var kind: Kind
  }

  private let folder: String
  let items: [Item]

  /// - Parameters:
  ///   - folder: the unfinished one.
  ///   - items: the outputs that are in the folder, and obsolete ones.
  init(in folder: String, of items: [Item]) { (self.folder, self.items) = (folder, items) }

  /// On file systems without links, the switch is the existence of this file.
  private var switched: String { folder + "/switched" }

  private static func journal(in folder: String) -> String { folder + "/publishing" }

  /// The publication that was under way in a folder; nil where none was.
  ///
  /// - Throws: `FileError` where the journal cannot be read.
  init?(underWayIn folder: String) throws {
    let journal: [UInt8]
    do {
      journal = try wholeFile(Self.journal(in: folder))
    } catch let error as FileError where error.errno.saysAbsent {
      return nil
    }
    self.folder = folder
    let words = journal.split(separator: 0, omittingEmptySubsequences: false).map {
      String(decoding: $0, as: UTF8.self)
    }
    let parent = folder.folderOfPath
    items = stride(from: 0, to: words.count - 2, by: 3).compactMap { i in
      let target = words[i + 2]
      return Item.Kind(rawValue: words[i]).map {
        Item(
          name: words[i + 1], target: target.contains("/") ? target : parent + "/" + target,
          kind: $0)
      }
    }
  }

  /// Does all three steps.
  ///
  /// - Throws: `FileError`. Before the switch everything is then as it was.
  func perform() throws {
    if items.count == 1, items[0].kind == .file {
      try giveName(folder + "/" + items[0].name, items[0].target)
      return try syncFolders()
    }
    do {
      try writeJournal()
      for item in items { try stage(item) }
      try syncFolders()
      try point(to: ".")
    } catch {
      try? settle()
      throw error
    }
    try settle()
  }

  /// Whether the names lead to the new outputs.
  ///
  /// - Throws: `FileError` where this cannot be found out.
  func isSwitched() throws -> Bool {
    let current = folder + "/current"
    if let place = try OutputPlace.linkTarget(of: current) { return place == "." }
    if try isThere(current) { throw FileError(action: "read link", path: current, errno: .ioError) }
    return try isThere(switched)
  }

  /// Finishes what is under way, forward or back.
  ///
  /// - Throws: `FileError`, after which it is still under way.
  func settle() throws {
    let isForward = try isSwitched()
    for item in items { try isForward ? settleForward(item) : settleBack(item) }
    try syncFolders()
    for name in ["publishing", "current", "switched"] { try removeEntry(folder + "/" + name) }
    try removeTree(folder + "/old")
  }

  // MARK: Steps

  func writeJournal() throws {
    // An earlier run may have stopped while it removed this folder.
    try removeTree(folder + "/old")
    guard mkdir(folder + "/old", 0o777) == 0 else {
      throw FileError(action: "create", path: folder + "/old", errno: .current)
    }
    try point(to: "old")
    let words = try items.flatMap { item in
      let target = isBeside(item) ? OutputPlace.name(of: item.target) : try absolute(item.target)
      return [item.kind.rawValue, item.name, target]
    }
    try writeWhole(Self.journal(in: folder), words.flatMap { Array($0.utf8) + [0] })
    try syncFolder(folder)
  }

  /// Makes `current` lead to another place, and waits until that is on the disk.
  func point(to place: String) throws {
    let new = folder + "/current.new"
    unlink(new)
    if symlink(place, new) == 0 {
      try renameEntry(new, to: folder + "/current")
    } else if place == "." {
      let error = Errno.current
      // Where links can be made, and this one could not, the old outputs stay.
      guard try !isThere(folder + "/current") else {
        throw FileError(action: "link", path: folder + "/current", errno: error)
      }
      try OutputFile(path: switched).finish()
    }
    try syncFolder(folder)
  }

  /// Whether an output is in the same folder as the unfinished folder. Then its link is relative, so that the
  /// folder around both may be moved between the steps.
  private func isBeside(_ item: Item) -> Bool {
    item.target.folderOfPath == folder.folderOfPath
  }

  private func absolute(_ path: String) throws -> String {
    guard let parent = resolved(path.folderOfPath) else {
      throw FileError(action: "open folder", path: path, errno: .current)
    }
    return parent + "/" + OutputPlace.name(of: path)
  }

  /// The text of a name's link while it leads through `current`.
  private func link(of item: Item) throws -> String {
    let start = isBeside(item) ? OutputPlace.name(of: folder) : try absolute(folder)
    return start + "/current/" + item.name
  }

  /// Whether a link is one that a name was during its change.
  static func isLink(_ path: String, to name: String) throws -> Bool {
    try OutputPlace.linkTarget(of: path)?.hasSuffix(".partial/current/" + name) == true
  }

  private func isStaged(_ item: Item) throws -> Bool {
    try OutputPlace.linkTarget(of: item.target) == link(of: item)
  }

  func stage(_ item: Item) throws {
    let (target, old) = (item.target, folder + "/old/" + item.name)
    guard try isThere(target) else {
      // On file systems without links, the name is given after the switch.
      _ = try symlink(link(of: item), target)
      return
    }
    let between = folder + "/between"
    unlink(between)
    guard try symlink(link(of: item), between) == 0 else { return }
    if isFolder(target) {
      guard Glibc.rename(between, old) == 0 else { return }
      if renameat2(AT_FDCWD, old, AT_FDCWD, target, UInt32(rename_exchange)) != 0 { unlink(old) }
    } else if Glibc.link(target, old) == 0 {
      try renameEntry(between, to: target)
    } else {
      unlink(between)
    }
  }

  func settleForward(_ item: Item) throws {
    let new = folder + "/" + item.name
    // After the two were exchanged, this is the link.
    if try Self.isLink(new, to: item.name) { try removeEntry(new) }
    let isNew = try item.kind != .obsolete && isThere(new)
    if try isStaged(item) {
      switch item.kind {
      case .obsolete: try removeEntry(item.target)
      case .file: if isNew { try renameEntry(new, to: item.target) }
      case .folder:
        if isNew { try exchange(new, item.target) }
      }
    } else if isNew {
      if item.kind == .folder || isFolder(item.target) { try setAside(item) }
      try giveName(new, item.target)
    } else if item.kind == .obsolete {
      try setAside(item)
    }
  }

  private func settleBack(_ item: Item) throws {
    guard try isStaged(item) else { return }
    let old = folder + "/old/" + item.name
    guard try isThere(old) else { return try removeEntry(item.target) }
    isFolder(old) ? try exchange(old, item.target) : try renameEntry(old, to: item.target)
  }

  // MARK: Names

  /// Where links did not work: the old output gives up its name before the new one gets it.
  private func setAside(_ item: Item) throws {
    let old = folder + "/old/" + item.name
    guard try isThere(item.target), try !isThere(old) else { return }
    try renameEntry(item.target, to: old)
  }

  private func giveName(_ new: String, _ target: String) throws {
    if Glibc.rename(new, target) == 0 { return }
    guard errno == EXDEV else {
      throw FileError(action: "rename", path: target, errno: .current)
    }
    // A link of the user may lead to another disk. There the file is first written under another name.
    let beside = "\(target).\(getpid()).partial"
    try copyFile(new, to: beside)
    try renameEntry(beside, to: target)
    try removeEntry(new)
  }

  /// Puts a folder in the place of its link, and removes the link.
  private func exchange(_ folder: String, _ link: String) throws {
    if renameat2(AT_FDCWD, folder, AT_FDCWD, link, UInt32(rename_exchange)) == 0 {
      return try removeEntry(folder)
    }
    guard [EINVAL, ENOSYS].contains(errno) else {
      throw FileError(action: "rename", path: link, errno: .current)
    }
    // Without an exchange, nothing has the name for a moment.
    try removeEntry(link)
    try renameEntry(folder, to: link)
  }

  /// Waits until all names are on the disk.
  private func syncFolders() throws {
    for path in Set(items.map { $0.target.folderOfPath }) { try syncFolder(path) }
  }

  private func copyFile(_ from: String, to path: String) throws {
    var status = stat()
    guard stat(from, &status) == 0 else {
      throw FileError(action: "read", path: from, errno: .current)
    }
    let raw = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
    guard raw >= 0 else { throw FileError(action: "create", path: path, errno: .current) }
    let descriptor = FileDescriptor(rawValue: raw)
    defer { try? descriptor.close() }
    do {
      try MappedFile(path: from).withBytes { _ = try descriptor.writeAll($0) }
      guard fchmod(raw, status.st_mode & 0o7777) == 0, fsync(raw) == 0 else { throw Errno.current }
    } catch let error as Errno {
      unlink(path)
      throw FileError(action: "write", path: path, errno: error)
    }
  }
}
