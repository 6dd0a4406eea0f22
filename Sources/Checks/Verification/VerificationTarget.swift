internal import Codecs
internal import Foundation

/// What an argument of `verify` names: an output by its manifest, or an LMDB that has none.
public enum VerificationTarget: Sendable, Hashable {
  /// An output: the path without suffixes. Its manifest is to be there.
  case output(prefix: String)
  /// An LMDB of another program, or one that was taken out of its output.
  case shard(path: String)

  /// Nothing that could be verified.
  public struct Unknown: Error, CustomStringConvertible {
    /// With what was expected, what was found, and what to do.
    public let description: String
  }

  /// What an output's files end with, beside the shards.
  static let suffixes = [
    OutputSuffix.manifest, OutputSuffix.poseMean, OutputSuffix.poseDeviation, OutputSuffix.hashes,
    OutputSuffix.issues,
    OutputSuffix.records, OutputSuffix.lists,
  ]

  /// - Parameter argument: a prefix, an LMDB, a manifest, or another file of an output.
  /// - Throws: `Unknown` where there is nothing of that name, or nothing that belongs to an output.
  public init(argument: String) throws {
    func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }
    let prefix = ShardName(argument).prefix
    if exists(argument), LMDBReader.file(inFolder: argument) != nil || Self.isLMDB(argument) {
      let isOutput =
        prefix != argument
        && [OutputSuffix.manifest, OutputSuffix.hashes].contains { exists(prefix + $0) }
      self = isOutput ? .output(prefix: prefix) : .shard(path: argument)
      return
    }
    for suffix in Self.suffixes where argument.hasSuffix(suffix) {
      let stem = String(argument.dropLast(suffix.count))
      if suffix == OutputSuffix.manifest ? exists(argument) : exists(stem + OutputSuffix.manifest) {
        self = .output(prefix: stem)
        return
      }
    }
    // A shard that is gone is missed where its manifest is.
    for stem in Set([argument, prefix]).sorted() {
      let isThere =
        exists(stem + OutputSuffix.manifest) || exists(stem + OutputSuffix.hashes)
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
    // Whatever its bytes are by now, it was meant to be one.
    return [".lmdb", ".mdb"].contains(where: path.hasSuffix)
  }
}

/// What lies in an output's folder.
enum OutputListing {
  static func path(of prefix: String) -> String {
    let folder = (prefix as NSString).deletingLastPathComponent
    return folder.isEmpty ? "." : folder
  }

  static func name(of prefix: String) -> String { (prefix as NSString).lastPathComponent }

  /// nil where there is no file.
  static func size(of path: String) -> Int? {
    let attributes = try? FileManager.default.attributesOfItem(atPath: path)
    return (attributes?[.size] as? NSNumber)?.intValue
  }

  /// The names of all files that are shards of a prefix by their names, in order.
  static func shards(ofPrefix prefix: String) -> [String] {
    let name = name(of: prefix)
    let all = (try? FileManager.default.contentsOfDirectory(atPath: path(of: prefix))) ?? []
    return all.filter { $0.hasSuffix(".lmdb") && ShardName($0).prefix == name }.sorted()
  }
}
