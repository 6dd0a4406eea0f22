internal import Codecs
internal import Foundation

/// The folder `PREFIX.partial` in which a run's outputs are made, and from which they are renamed to
/// their final names when all are whole.
///
/// It holds the lock that keeps a second run out, and a description of the run, without which none
/// is resumed. Killed at any moment, a run leaves this folder and nothing under a final name.
final class Workspace {
  let prefix: String
  let folder: String
  private let name: String
  private let canResume: Bool
  private var lock: FileHandle?
  private var outputs: [String] = []
  /// Whether files of an interrupted run with the same input and options are there to go on with.
  private(set) var isResumed = false

  /// - Parameters:
  ///   - prefix: the outputs' path without their suffixes.
  ///   - description: all that decides what the outputs hold; a run is resumed only under the same.
  ///   - resume: go on with an interrupted run; nil where the command cannot.
  /// - Throws: `Failure` where another run has the lock, or cannot be resumed.
  init(prefix: String, description: String, resume: Bool?) throws {
    self.prefix = prefix
    canResume = resume != nil
    folder = prefix + ".partial"
    let url = URL(fileURLWithPath: prefix)
    name = url.lastPathComponent
    let files = FileManager.default
    let parent = url.deletingLastPathComponent().path
    do {
      try files.createDirectory(atPath: folder, withIntermediateDirectories: true)
    } catch {
      throw Failure(
        "\(parent): expected a folder that can be written to; \(error.localizedDescription)")
    }
    try takeLock()
    let runFile = folder + "/run.json"
    let earlier = files.contents(atPath: runFile).map { String(decoding: $0, as: UTF8.self) }
    if resume == true, let earlier {
      guard earlier == description else {
        throw Failure(
          "\(folder): expected an interrupted run with this input and these options, found another; run without --resume to start anew"
        )
      }
      isResumed = true
      return
    }
    for old in try files.contentsOfDirectory(atPath: folder) where old != "lock" {
      try files.removeItem(atPath: folder + "/" + old)
    }
    let file = try OutputFile(path: runFile)
    try file.write(description.utf8)
    try file.finish()
  }

  /// For a run whose only output is a folder that is not there yet.
  convenience init(newFolder path: String) throws {
    guard !FileManager.default.fileExists(atPath: path) else {
      throw Failure("\(path): expected a folder to make, found one; name another or remove it")
    }
    try self.init(prefix: path.withoutSuffix("/"), description: "", resume: nil)
  }

  /// Where to write the output that will be `PREFIX` + `suffix`; outputs are renamed in the order of
  /// these calls.
  func path(_ suffix: String) -> String {
    outputs.append(suffix)
    return folder + "/" + name + suffix
  }

  /// Gives all outputs their final names.
  func publish() throws {
    for suffix in outputs {
      let from = folder + "/" + name + suffix
      setAsideFolder(prefix + suffix)
      guard rename(from, prefix + suffix) == 0 else {
        throw Failure("\(prefix + suffix): rename: \(String(cString: strerror(errno)))")
      }
    }
    // The renames themselves are made to last before the run says that it is done.
    let parent = URL(fileURLWithPath: prefix).deletingLastPathComponent().path
    let descriptor = open(parent, O_RDONLY)
    if descriptor >= 0 {
      fsync(descriptor)
      close(descriptor)
    }
    discard()
  }

  /// Moves an earlier run's folder into this one's, for one that has files in it is not renamed over.
  private func setAsideFolder(_ path: String) {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue
    else { return }
    rename(path, "\(folder)/replaced")
  }

  /// Removes the folder with all that is in it.
  func discard() {
    try? FileManager.default.removeItem(atPath: folder)
  }

  /// Names what an unfinished run leaves.
  var unfinished: String {
    "unfinished output is in \(folder)" + (canResume ? "; go on with --resume" : "")
  }

  private func takeLock() throws {
    let path = folder + "/lock"
    let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else {
      throw Failure("\(path): \(String(cString: strerror(errno)))")
    }
    let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      let owner = String(decoding: handle.availableData, as: UTF8.self)
      throw LockedOutput(
        prefix: prefix, owner: owner.trimmingCharacters(in: .whitespacesAndNewlines))
    }
    try handle.truncate(atOffset: 0)
    try handle.write(contentsOf: Data("\(getpid())\n".utf8))
    lock = handle
  }
}

/// Another run is writing the same output.
struct LockedOutput: Error, CustomStringConvertible {
  let prefix: String
  let owner: String

  var description: String {
    "\(prefix): expected no other run with this output, found process \(owner); wait for it or choose another --output"
  }
}
