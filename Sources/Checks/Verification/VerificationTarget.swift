internal import Codecs
internal import FoundationEssentials
internal import Schema

/// What an argument of `verify` names: an output with a manifest, or an LMDB without one.
public enum VerificationTarget: Sendable, Hashable {
  /// An output, by its path without suffixes. Its manifest should exist.
  case output(prefix: String)
  /// An LMDB of another program, or one that was taken out of its output.
  case shard(path: String)

  /// The error for an argument that names nothing that could be verified.
  public struct Unknown: Error, CustomStringConvertible {
    /// What was expected, what was found, and what to do.
    public let description: String
  }

  /// The suffixes of an output's files, apart from its shards.
  static let suffixes = [
    OutputSuffix.part, OutputSuffix.manifest, OutputSuffix.poseMean, OutputSuffix.poseDeviation,
    OutputSuffix.hashes,
    OutputSuffix.issues,
    OutputSuffix.records, OutputSuffix.lists,
  ]

  /// Finds out what an argument names.
  ///
  /// - Parameter argument: a prefix, an LMDB, a manifest, or another file of an output.
  /// - Throws: `Unknown` where nothing has that name, or it does not belong to an output.
  public init(argument: String) throws {
    func exists(_ path: String) -> Bool { fileExists(path) }
    let part = argument.hasSuffix(".lmdb") ? String(argument.dropLast(5)) : argument
    let isPart = part != argument && exists(part + OutputSuffix.part)
    let prefix = isPart ? part : ShardName(argument).prefix
    if exists(argument), LMDBReader.file(inFolder: argument) != nil || Self.isLMDB(argument) {
      let isOutput =
        prefix != argument
        && [OutputSuffix.manifest, OutputSuffix.part, OutputSuffix.hashes].contains {
          exists(prefix + $0)
        }
      self = isOutput ? .output(prefix: prefix) : .shard(path: argument)
      return
    }
    for suffix in Self.suffixes where argument.hasSuffix(suffix) {
      let stem = String(argument.dropLast(suffix.count))
      let isManifest = suffix == OutputSuffix.manifest || suffix == OutputSuffix.part
      if isManifest ? exists(argument) : exists(stem + OutputManifest.suffix(ofOutput: stem)) {
        self = .output(prefix: stem)
        return
      }
    }
    // If the argument names a missing shard, the output's other files still show what it belongs to.
    for stem in Set([argument, prefix]).sorted() {
      let isThere =
        exists(stem + OutputManifest.suffix(ofOutput: stem)) || exists(stem + OutputSuffix.hashes)
        || !OutputListing.shards(ofPrefix: stem).isEmpty
      if isThere {
        self = .output(prefix: stem)
        return
      }
    }
    throw Unknown(
      description:
        "\(argument): expected an output's prefix, an LMDB or a manifest, found \(exists(argument) ? "something else" : "no such files"); name what build, annotate or pack wrote"
    )
  }

  private static func isLMDB(_ path: String) -> Bool {
    if case .lmdb? = try? FileSignature(path: path) { return true }
    // Whatever its contents are now, by its name it was meant to be an LMDB.
    return [".lmdb", ".mdb"].contains(where: path.hasSuffix)
  }
}

/// The files in an output's folder.
enum OutputListing {
  static func path(of prefix: String) -> String { prefix.folderOfPath }

  static func name(of prefix: String) -> String { SourceLocation.fileName(of: prefix) }

  /// The names of all files that are shards of a prefix by their names, sorted.
  static func shards(ofPrefix prefix: String) -> [String] {
    FolderShards(folder: path(of: prefix)).names(ofOutput: name(of: prefix))
  }
}

/// Which files of a folder are shards by their names. It is looked through once, for a folder may have the shards of tens of
/// thousands of outputs.
public struct FolderShards: Sendable {
  let folder: String
  private let names: [String: [String]]

  /// - Parameter folder: one that cannot be read has none.
  public init(folder: String) {
    self.folder = folder
    let all = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    names = Dictionary(grouping: all.filter { $0.hasSuffix(".lmdb") }) { ShardName($0).prefix }
  }

  /// Those of an output by its prefix's name, sorted.
  func names(ofOutput name: String) -> [String] { names[name]?.sorted() ?? [] }
}
