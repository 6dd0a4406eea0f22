internal import Glibc
internal import SystemPackage

/// The outputs of one run. They are checked before anything is read, made under temporary names, and get their
/// names when all of them are whole.
///
/// Every output of every command goes through here. The user's own files are not harmed:
/// - an output is refused if it is an input, lies in one or holds one, or is a folder where a file is to be
///   written;
/// - what is there already stays until the new outputs are whole, and is replaced only where `Existing` allows
///   it. A file keeps its mode. A link stays, and the file that it names is replaced;
/// - devices, pipes and open descriptors are written to directly.
///
/// Files are made in `BASE.partial` (`UnfinishedFolder`). Its lock keeps a second run out.
public final class OutputSet {
  /// What is done about outputs that exist already.
  public enum Existing: Sendable {
    /// A file is replaced when the new one is whole.
    case replaced
    /// The run is refused.
    case refused
    /// The user asked for it: files are replaced, and folders that a run made and nobody changed since.
    case overwritten
  }

  struct Item {
    var suffix: String
    var isFolder: Bool
    var place: OutputPlace
  }

  /// The outputs' path without their suffixes.
  public let base: String
  let existing: Existing
  let inputs: ReadPlaces
  /// Where outputs are made: beside their names, or in a scratch folder.
  var unfinished: UnfinishedFolder
  /// Whether outputs are made elsewhere, so that they are copied before they get their names.
  public internal(set) var isInScratch = false
  /// Asked before outputs get their names, while no other run can change what has them: whether that is as good, so
  /// that they are dropped.
  public var isSuperseded: (() throws -> Bool)?
  let name: String
  private(set) var items: [Item] = []
  /// Suffixes of outputs of an earlier run that this run does not write. They are removed when this run's outputs
  /// get their names, where `existing` is `overwritten`.
  public var obsolete: [String] = []
  /// Called before the outputs get their names. If it throws, they do not get them.
  public var beforePublishing: (() throws -> Void)?
  private var isBegun = false
  /// Whether the run has begun, and its outputs have neither got their names nor been discarded.
  public var isUnfinished: Bool { isBegun }
  /// The path of the unfinished folder, where it could not be removed in the end; nil otherwise.
  public private(set) var leftover: String?
  /// Whether this run continues what an interrupted run left.
  public private(set) var isResumed = false
  /// Whether to continue an interrupted run; nil where that is not possible.
  private let resume: Bool?
  /// Whether a run of this kind can be continued after an interruption.
  public var canResume: Bool { resume != nil }

  /// Checks all outputs, and makes nothing.
  ///
  /// - Parameters:
  ///   - base: the outputs' path without their suffixes.
  ///   - files: the suffixes of the files, the main one first. Where the main one is a stream, the others are not
  ///     written.
  ///   - folders: the suffixes of folders.
  ///   - inputs: the paths that the run reads.
  ///   - existing: what is done about outputs that are there already.
  ///   - resume: whether to continue an interrupted run; nil where that is not possible.
  /// - Throws: `OutputRefusal` where one of them must not be written.
  public init(
    base: String, files: [String] = [], folders: [String] = [], inputs: [String],
    existing: Existing = .replaced, resume: Bool? = nil
  ) throws {
    let name = base.split(separator: "/").last.map(String.init) ?? ""
    guard !name.isEmpty, !base.hasSuffix("/"), name != ".", name != ".." else {
      throw OutputRefusal(base, "expected the name of an output, found a folder's")
    }
    (self.base, self.name, self.existing, self.resume) = (base, name, existing, resume)
    self.inputs = ReadPlaces(inputs)
    unfinished = UnfinishedFolder(base: base)
    for (i, suffix) in files.enumerated() {
      if i > 0, isStream(files[0]) { break }
      try add(suffix)
    }
    for suffix in folders { try add(suffix, isFolder: true) }
    try self.inputs.checkNone(inside: unfinished.path)
  }

  /// Adds an output to the set, after the same checks. One that is there already is not added again.
  ///
  /// - Throws: `OutputRefusal` where it must not be written.
  public func add(_ suffix: String, isFolder: Bool = false) throws {
    guard !items.contains(where: { $0.suffix == suffix }) else { return }
    // `extra` leaves room for `.partial` in the name.
    let place = try OutputPlace(base + suffix, extra: 8)
    if UnfinishedFolder.ownNames.contains(name + suffix) {
      throw OutputRefusal(
        place.path,
        "expected another name, for a run has something of its own called '\(name + suffix)'")
    }
    try inputs.check(place, isFolder: isFolder)
    try checkKind(of: place, isFolder: isFolder)
    items.append(Item(suffix: suffix, isFolder: isFolder, place: place))
  }

  private func checkKind(of place: OutputPlace, isFolder: Bool) throws {
    switch (place.kind, isFolder) {
    case (.absent, _): return
    case (.folder, false):
      throw OutputRefusal(place.path, "expected a file to write, found a folder")
    case (.folder, true):
      if (try? entries(of: place.target))?.isEmpty == true { return }
    case (.file(let mode), false):
      guard mode & 0o222 != 0 else {
        throw OutputRefusal(
          place.path, "expected a file to write, found one that is write-protected")
      }
    case (.stream, false):
      // Runs that refuse or overwrite what exists write several files, which a stream cannot hold.
      guard existing != .replaced else { return }
      throw OutputRefusal(place.path, "expected a file to write, found a device or pipe")
    case (_, true):
      throw OutputRefusal(place.path, "expected a folder to make, found a file")
    }
    // What only tells of an earlier step with the same name is replaced, as single files are.
    if existing == .refused, !isFolder, Self.isLog(place) { return }
    if existing == .refused,
      try !(resume == true && Publication(underWayIn: unfinished.path) != nil)
    {
      throw OutputRefusal(
        place.path, "expected no such \(isFolder ? "folder" : "file"), found one", reason: .exists)
    }
    guard isFolder, existing == .overwritten else { return }
    do {
      try FolderMark.checkIsOurs(place.target, place.path)
    } catch let error as FileError where error.errno.saysAbsent {
      // Another run is just putting its own there; the lock decides between the two, and under it this is checked again.
    }
  }

  /// Whether a file is a log of issues, which every run writes, or tells of an export, whose folder may be gone.
  static func isLog(_ place: OutputPlace) -> Bool {
    let beginnings = [
      OutputSuffix.issues: "{\"severity\":",
      OutputSuffix.export: "{\n  \"schema\": \"sixdof.export/",
    ]
    guard let beginning = beginnings.first(where: { place.path.hasSuffix($0.key) })?.value,
      let ends = try? FileEnds(path: place.target, tail: 0)
    else { return false }
    return ends.size == 0 || ends.head.starts(with: beginning.utf8)
  }

  /// Whether an output is a device, pipe or descriptor.
  private func isStream(_ suffix: String) -> Bool {
    if case .stream = items.first(where: { $0.suffix == suffix })?.place.kind { return true }
    return false
  }

  /// Whether a path is a device, pipe or open descriptor.
  public static func isStream(at path: String) -> Bool {
    guard let place = try? OutputPlace(path), case .stream = place.kind else { return false }
    return true
  }

  /// Whether all outputs are streams, so that there is nothing to begin or publish.
  public var isStream: Bool {
    !items.isEmpty
      && items.allSatisfy { if case .stream = $0.place.kind { true } else { false } }
  }

  /// The path of the folder that holds unfinished outputs.
  public var folder: String { unfinished.path }

  /// The description of a run that cannot be continued. It only says whose folder it is.
  public static let anyRun = "{\"sixdof\": \"run\"}\n"

  /// Takes the unfinished folder, and removes what an earlier run left in it unless this run continues that one.
  ///
  /// - Parameter run: a description of all that decides what the outputs hold. A run is continued only where it
  ///   is the same.
  /// - Throws: `OutputInUse` where another run has the folder; `OtherRun` where it is another run's;
  ///   `OutputRefusal` where no run made it; `FinishedRun` where the interrupted run only had to give its outputs
  ///   their names; `FileError`.
  public func begin(run: String = OutputSet.anyRun) throws {
    guard !isStream else { return }
    // In a scratch folder another run may be looking whether it was left.
    try isInScratch ? take(unfinished) : unfinished.take()
    isBegun = true
    if let publication = try publicationUnderWay() {
      let isWhole = try publication.isSwitched()
      try publication.settle()
      isPublishing = false
      if isWhole, resume == true {
        discard()
        throw FinishedRun(base: base)
      }
    }
    let earlier = unfinished.description.map { String(decoding: $0, as: UTF8.self) }
    if resume == true, let earlier, !earlier.isEmpty {
      guard earlier == run else {
        isBegun = false
        throw OtherRun(folder: unfinished.path)
      }
      try unfinished.dropLinks()
      isResumed = true
      return
    }
    try unfinished.empty()
    try unfinished.describe(run)
  }

  private func publicationUnderWay() throws -> Publication? {
    // What cannot be looked at may be one.
    isPublishing = true
    let publication = try Publication(underWayIn: unfinished.path)
    isPublishing = publication != nil
    return publication
  }

  /// The path at which to write an output until it is whole.
  ///
  /// - Throws: `OutputRefusal` where it must not be written.
  public func path(_ suffix: String) throws -> String {
    precondition(isBegun, "outputs are written after they are begun")
    try add(suffix)
    return unfinished.path + "/" + name + suffix
  }

  /// The path at which to write what only a continued run needs. It is removed with the unfinished folder.
  public func scratchPath(_ suffix: String) -> String {
    precondition(isBegun, "scratch files are written after outputs are begun")
    return unfinished.path + "/" + name + suffix
  }

  /// The path of a folder until it is whole. The folder is made.
  ///
  /// - Throws: `OutputRefusal` where it must not be written; `FileError` where it cannot be made.
  public func makeFolder(_ suffix: String) throws -> String {
    precondition(isBegun, "outputs are written after they are begun")
    try add(suffix, isFolder: true)
    let path = unfinished.path + "/" + name + suffix
    guard mkdir(path, 0o777) == 0 || errno == EEXIST else {
      throw FileError(action: "create", path: path, errno: .current)
    }
    return path
  }

  /// A file of the set, or the stream in its place, to be written piece by piece.
  ///
  /// - Throws: `OutputRefusal` where it must not be written; `FileError` where it cannot be made.
  public func file(_ suffix: String) throws -> OutputFile {
    if let item = items.first(where: { $0.suffix == suffix }),
      case .stream(let descriptor) = item.place.kind, isStream
    {
      return try OutputFile(stream: item.place, descriptor: descriptor)
    }
    return try OutputFile(path: path(suffix))
  }

  /// The file that was named first, to be written piece by piece.
  ///
  /// - Throws: as `file`.
  public func mainFile() throws -> OutputFile {
    precondition(!items.isEmpty, "a set has its main file from the beginning")
    return try file(items[0].suffix)
  }

  /// Writes a whole file of the set.
  ///
  /// - Parameters:
  ///   - bytes: the whole file.
  ///   - suffix: nil for the file that was named first.
  /// - Throws: as `file`; `FileError` where it cannot be written.
  public func write(_ bytes: some Collection<UInt8>, to suffix: String? = nil) throws {
    let file = try suffix.map { try self.file($0) } ?? mainFile()
    try file.write(bytes)
    try file.finish()
  }

  /// Removes everything unfinished. Files that had the names before keep them.
  public func discard() {
    // Outputs whose names are links into the folder need it until a run can finish publishing.
    guard isBegun, !isPublishing else { return }
    isBegun = false
    if !unfinished.remove() { leftover = unfinished.path }
  }

  /// Whether a run stopped while it gave its outputs their names.
  public internal(set) var isPublishing = false

  /// Whether the unfinished folder is another run's, which this one could not take.
  public var hasEarlierRun: Bool {
    !isBegun && leftover == nil && (try? isThere(unfinished.path)) == true
  }

  /// What a run that could not finish leaves, in words.
  public var remainder: String {
    isPublishing
      ? "outputs lead into \(unfinished.path) until a run of the same output ends that"
      : "unfinished output is in \(unfinished.path)"
  }

  /// The parts of the outputs' names after the set's base.
  public var suffixes: [String] { items.map(\.suffix) }

  /// The paths of outputs that existed as files before this run.
  public var earlierFiles: [String] {
    items.filter { if case .file = $0.place.kind { true } else { false } }.map(\.place.path)
  }

  /// Checks that several sets of one run have no file in common.
  ///
  /// - Throws: `OutputRefusal` where two outputs are the same file.
  public static func refuseShared(_ sets: [OutputSet]) throws {
    var seen: [String: String] = [:]
    for item in sets.flatMap(\.items) {
      if case .stream = item.place.kind { continue }
      if let other = seen.updateValue(item.place.path, forKey: item.place.realTarget) {
        throw OutputRefusal(item.place.path, "expected another file than the output '\(other)'")
      }
    }
  }
}
