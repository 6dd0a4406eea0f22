internal import Checks
internal import Codecs
internal import Schema

/// What a part of a run says of itself in `PREFIX-NNNNN-of-NNNNN.part.json`.
struct PartFile {
  /// What has a part's names.
  enum State: Equatable {
    /// Nothing.
    case absent
    /// The part.
    case whole
    /// The part, but not all of it, in words.
    case damaged(String)
    /// Another's, in words.
    case foreign(String)
  }

  let manifest: OutputManifest
  let plan: String
  let number: PartNumber
  let processor: String

  var json: JSONValue { manifest.json }
  /// Its LMDB, where it has one, then its other files.
  var files: [OutputManifest.Entry] { manifest.shards + manifest.listedFiles }

  /// - Throws: `FileError` where it cannot be read; `Damaged` where it is no part's, or was altered.
  init(prefix: String) throws {
    do {
      manifest = try OutputManifest(path: prefix + OutputSuffix.part)
    } catch let error as JSONError {
      throw Damaged(detail: "part.json: \(error)")
    }
    guard manifest.isPart else {
      throw Damaged(
        detail: "part.json: expected \(OutputManifest.partSchemaName), found another file")
    }
    guard manifest.isSealed else {
      throw Damaged(detail: "part.json: expected bytes of its own hash, found others")
    }
    let part = manifest.json["part"]
    guard let plan = part?["plan"]?.text, case .integer(let index)? = part?["index"],
      case .integer(let count)? = part?["count"], let number = PartNumber(index, of: count),
      let processor = part?["processor"]?.text, manifest.faults.isEmpty
    else { throw Damaged(detail: "part.json: expected a part's members, found others") }
    (self.plan, self.number, self.processor) = (plan, number, processor)
    guard files.allSatisfy({ $0.bytes != nil }) else {
      throw Damaged(detail: "part.json: expected the sizes of files, found none")
    }
  }

  /// Ends of the names of files that another run has left where they are there without a `part.json`; a log of issues
  /// may be an earlier step's.
  static let othersEndings = [
    OutputSuffix.evidenceNames, OutputSuffix.findings, ".lmdb", OutputSuffix.hashes,
    OutputSuffix.records,
  ]

  /// What is said of such files.
  static func withoutPart(_ ending: String) -> String { "files without a part.json: \(ending)" }

  /// A part that is not as it was written.
  struct Damaged: Error { var detail: String }

  /// What has the names of a part, as far as names and sizes show it.
  ///
  /// - Parameters:
  ///   - prefix: of the part's own files.
  ///   - plan: whose part it is to be.
  /// - Throws: `FileError` where something cannot be looked at.
  static func state(_ prefix: String, plan: String) throws -> State {
    let part: PartFile
    do {
      part = try PartFile(prefix: prefix)
    } catch let damaged as Damaged {
      return .damaged(damaged.detail)
    } catch let error as FileError where error.isMissing {
      let other = othersEndings.first { fileExists(prefix + $0) }
      return other.map { .foreign(withoutPart($0)) } ?? .absent
    }
    guard part.plan == plan else { return .foreign("one of plan \(part.plan.prefix(12))") }
    return part.damage(in: prefix).map { .damaged($0) } ?? .whole
  }

  /// What is wrong with its files by their sizes, in words; nil where nothing is.
  func damage(in prefix: String) -> String? {
    let folder = prefix.folderOfPath
    for entry in files {
      let found = fileSize(folder + "/" + entry.file)
      guard let bytes = entry.bytes, found == bytes else {
        return
          "\(entry.file): expected \(entry.bytes ?? 0) bytes, found \(found.map { "\($0)" } ?? "no such file")"
      }
    }
    return nil
  }
}
