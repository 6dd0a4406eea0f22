internal import Codecs
public import Schema
internal import Shards

/// Compares examined shards with the files beside them: PREFIX_pose_mean.npy, PREFIX_pose_stddev.npy and
/// PREFIX.manifest.json.
///
/// Statistics are those of all shards of a set (`PREFIX-00000-of-00008.lmdb`), so they are compared only if all
/// shards were examined.
public enum ShardSetCheck {
  /// The findings on all sets that the shards belong to. The shards must have been read to their ends.
  ///
  /// - Throws: `FileError` where a file beside them cannot be read.
  public static func findings(of shards: [ShardExamination]) throws -> [Finding] {
    var sets: [(name: ShardName, shards: [ShardExamination])] = []
    for shard in shards {
      let name = ShardName(shard.path)
      if let i = sets.firstIndex(where: { $0.name.prefix == name.prefix }) {
        sets[i].shards.append(shard)
      } else {
        sets.append((name, [shard]))
      }
    }
    var findings: [Finding] = []
    for set in sets {
      if set.shards.allSatisfy({ $0.layout.keepsLocalPoses }),
        set.shards.count == set.name.shardCount
      {
        var moments = PoseMoments()
        for shard in set.shards { moments.merge(shard.statistics) }
        findings += try PoseStatisticsFiles(
          prefix: set.name.prefix, moments: moments, tolerance: .millionthOfDeviation
        ).findings()
      }
      findings += try manifestFindings(set.name.prefix, set.shards)
    }
    return findings
  }

  private static func manifestFindings(
    _ prefix: String, _ shards: [ShardExamination]
  ) throws -> [Finding] {
    let path = prefix + OutputSuffix.manifest
    guard fileExists(path) else { return [] }
    let name = SourceLocation.fileName(of: path)
    var findings: [Finding] = []
    func report(_ detail: String) {
      findings.append(Finding(.shardManifest, at: SourceLocation(file: name), detail))
    }
    let text = try MappedFile(path: path).withBytes { String(decoding: $0, as: UTF8.self) }
    guard let manifest = try? JSONParser.value(of: text), let listed = manifest["shards"]?.elements
    else {
      report("expected JSON with a list of shards, found something else")
      return findings
    }
    for shard in shards {
      let file = SourceLocation.fileName(of: shard.path)
      guard let entry = listed.first(where: { $0["file"]?.text == file }) else {
        report("shards: expected '\(file)' among them, found it not")
        continue
      }
      for (member, found) in [
        ("samples", shard.counts.samples), ("value_bytes", shard.counts.valueBytes),
      ] {
        guard let expected = entry[member], expected != .integer(found),
          expected.number != Double(found)
        else { continue }
        report("\(member) of '\(file)': expected \(expected.messageText), found \(found)")
      }
    }
    return findings
  }
}

/// The parts of a shard's path: PREFIX.lmdb, or PREFIX-00000-of-00008.lmdb.
struct ShardName {
  let prefix: String
  let shardCount: Int

  init(_ path: String) {
    let stem = path.hasSuffix(".lmdb") ? String(path.dropLast(".lmdb".count)) : path
    let parts = stem.split(separator: "-", omittingEmptySubsequences: false)
    if parts.count >= 4, parts[parts.count - 2] == "of", let count = Int(parts[parts.count - 1]),
      Int(parts[parts.count - 3]) != nil
    {
      (prefix, shardCount) = (parts.dropLast(3).joined(separator: "-"), count)
    } else {
      (prefix, shardCount) = (stem, 1)
    }
  }
}
