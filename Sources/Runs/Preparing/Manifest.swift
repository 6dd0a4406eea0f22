internal import Checks
internal import Codecs
internal import Reporting
internal import Schema
internal import Shards

/// `PREFIX.manifest.json`: what the outputs were made from, what they hold, and what was left out.
///
/// It says nothing of time, threads or places, so that equal input gives equal bytes. All other files are in it with
/// their sizes and hashes, the shards' samples by the file of their hashes, and its last member is its own hash;
/// `sixdof verify` holds them against it.
struct Manifest {
  struct Shard {
    var file: String
    var summary: ShardSetWriter.Summary
    var sha256: String?
  }

  var command: String
  var inputs: [JSONValue]
  /// All that decides what the outputs hold.
  var options: JSONValue
  /// What was done to the object frames of poses; nil where nothing was.
  var frames: String?
  /// Whether samples are made of meshes, to which a loader of its own would do something.
  var isOfMeshes: Bool
  /// Whether the images' SHA-256 are in it.
  var hasChecksum: Bool
  var result: Preparation.Result
  var shards: [Shard]
  /// The outputs beside the shards.
  var files: [(name: String, digest: FileDigest)]
  /// Of a part of a run, what the whole is made of.
  var part: JSONValue?

  /// The file's text, sealed.
  var text: String { get throws { try ManifestSeal.sealed(json) } }

  private var json: JSONValue {
    let schema = part == nil ? OutputManifest.schemaName : OutputManifest.partSchemaName
    var members: [(key: String, value: JSONValue)] = [
      ("schema", .text(schema)), ("sixdof", .text(Release.version)),
      ("command", .text(command)), ("options", options), ("annotations", .array(inputs)),
      ("shards", .array(shards.map(json))),
      ("counts", .object(result.tally.inputJSON + result.tally.outputJSON)),
      ("left_out", result.tally.leftOutJSON),
      ("issues", result.tally.issuesJSON),
      ("pose", .object(poseMembers)), ("files", .array(files.map(json))),
    ]
    if isOfMeshes {
      // What its own loader does to these faces, which ours does not (TARGETS §2.6).
      let faults = PerspNetFace.LoaderFault.allCases.map { fault in
        (key: fault.rawValue, value: JSONValue.integer(result.loaderFaults[fault] ?? 0))
      }
      members.append(("perspnet_loader", .object(faults)))
    }
    if hasChecksum { members.append(("images_sha256", .text(result.checksum.text))) }
    if let part { members.append(("part", part)) }
    return .object(members)
  }

  private var poseMembers: [(key: String, value: JSONValue)] {
    var members: [(key: String, value: JSONValue)] = [
      ("statistics_of", .text("img2pose local poses, translation in units of 0.1 m"))
    ]
    if let frames { members.append(("frames", .text(frames))) }
    let completed = result.completed
    if completed.points > 0 {
      members.append(
        (
          "landmarks_projected",
          .object([
            ("faces", .integer(completed.faces)), ("points", .integer(completed.points)),
          ])
        ))
    }
    let errors = result.conversionErrors
    if errors.count > 0 {
      // With the old rule, not every global pose has a local one that is converted to it.
      let degrees = 180 / Double.pi
      members.append(
        (
          "local_to_global_error_deg",
          .object([
            ("mean", .double(degrees * errors.mean)),
            ("max", .double(degrees * errors.largest)),
          ])
        ))
    }
    members.append(("statistics", result.statistics.summary))
    return members
  }

  private func json(_ shard: Shard) -> JSONValue {
    var members: [(key: String, value: JSONValue)] = [
      ("file", .text(shard.file)), ("samples", .integer(shard.summary.samples)),
      ("value_bytes", .integer(shard.summary.bytes)),
      ("entries", .integer(shard.summary.entries)), ("bytes", .integer(shard.summary.fileBytes)),
    ]
    if let sha256 = shard.sha256 { members.append(("sha256", .text(sha256))) }
    return .object(members)
  }

  private func json(_ file: (name: String, digest: FileDigest)) -> JSONValue {
    var members: [(key: String, value: JSONValue)] = [("file", .text(file.name))]
    if let count = file.digest.files { members.append(("files", .integer(count))) }
    members += [
      ("bytes", .integer(file.digest.bytes)), ("xxh3_128", .text(file.digest.hash.text)),
    ]
    if let sha256 = file.digest.sha256 { members.append(("sha256", .text(sha256))) }
    return .object(members)
  }
}
