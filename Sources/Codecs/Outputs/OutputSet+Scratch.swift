internal import Glibc
internal import SystemPackage

// Outputs that are made in another folder, such as a fast local disk beside a slow shared one.
extension OutputSet {
  /// Has outputs made in a folder under `folder`. When they are whole they are copied beside their names, and get
  /// them there. So their own file system is locked for the time of a copy only.
  ///
  /// What ended runs left in the folder is removed.
  ///
  /// - Parameter folder: a folder that is there.
  /// - Throws: `OutputRefusal` where it is an input, or is not there.
  public func useScratch(_ folder: String) throws {
    // A disk that is not mounted on this machine would be made on its first one.
    guard isFolder(folder) else {
      throw OutputRefusal(folder, "expected a scratch folder, found none", reason: .system)
    }
    let own = folder + "/" + fastHash(of: try OutputPlace(base).realTarget).hexadecimalDigits
    unfinished = UnfinishedFolder(base: own + "/" + name)
    try inputs.checkNone(inside: unfinished.path)
    isInScratch = true
    UnfinishedFolder.sweep(folder, except: unfinished.path)
  }

  /// Takes the folder beside the outputs' names, and copies them there from the scratch folder.
  ///
  /// - Returns: false where another run's outputs have the names by now and are as good.
  /// - Throws: `OutputInUse` where another run keeps the folder; `FileError`.
  func leaveScratch() throws -> Bool {
    let scratch = unfinished
    let beside = UnfinishedFolder(base: base)
    try take(beside)
    // Where this fails, names may still lead into the folder, so it stays.
    try beside.settle()
    do {
      try beside.empty()
      try beside.describe(OutputSet.anyRun)
      if try isSuperseded?() == true {
        _ = beside.remove()
        return false
      }
      for item in items {
        let file = name + item.suffix
        guard try isThere(scratch.path + "/" + file) else { continue }
        try copy(scratch.path + "/" + file, to: beside.path + "/" + file)
      }
    } catch {
      _ = beside.remove()
      throw error
    }
    unfinished = beside
    isInScratch = false
    _ = scratch.remove()
    return true
  }

  /// Finishes what a run left that ended while it gave its outputs their names, or before its folder was gone. Until
  /// then outputs may be links into that folder, which look whole and are lost with it.
  ///
  /// - Parameter base: the outputs' path without their suffixes.
  /// - Throws: `OutputInUse` where another run is at it; `OutputRefusal` where no run made the folder; `FileError`.
  public static func settle(_ base: String) throws {
    let folder = UnfinishedFolder(base: base)
    guard try isThere(folder.path) else { return }
    try folder.take()
    try folder.settle()
    _ = folder.remove()
  }

  /// The same for these outputs where they are made in a scratch folder. Elsewhere it was done when they were begun.
  public func settleBesideScratch() throws {
    if isInScratch { try Self.settle(base) }
  }

  /// Takes a folder that another run may have in hand, but not for long.
  func take(_ folder: UnfinishedFolder) throws {
    for _ in 0..<50 {
      do {
        return try folder.take()
      } catch is OutputInUse {
        usleep(200_000)
      }
    }
    try folder.take()
  }

  private func copy(_ source: String, to target: String) throws {
    let file = try openForReading(source)
    defer { try? file.close() }
    try copyFile(
      file, path: source, count: try FileStamp(file, path: source).bytes, to: target)
    let copy = try openForReading(target)
    defer { try? copy.close() }
    guard fsync(copy.rawValue) == 0 else {
      throw FileError(action: "sync", path: target, errno: .current)
    }
  }
}

extension UnfinishedFolder {
  /// Finishes a publication that is under way in it, if there is one.
  func settle() throws {
    if let publication = try Publication(underWayIn: path) { try publication.settle() }
  }

  /// Removes what ended runs left under a scratch folder. What is in use, or may be another program's, stays.
  static func sweep(_ scratch: String, except own: String) {
    for folder in (try? entries(of: scratch)) ?? []
    where folder.count == 16 && folder.allSatisfy(\.isHexDigit) {
      let path = scratch + "/" + folder
      for entry in (try? entries(of: path)) ?? []
      where entry.hasSuffix(".partial") && path + "/" + entry != own {
        let left = UnfinishedFolder(base: path + "/" + entry.dropLast(8))
        if (try? left.take()) != nil { _ = left.remove() }
      }
      rmdir(path)
    }
  }
}

extension UInt64 {
  fileprivate var hexadecimalDigits: String { digits(16, radix: 16) }
}
