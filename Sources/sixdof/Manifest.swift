internal import ArgumentParser
internal import Codecs
internal import Reporting
internal import Schema
internal import Shards

/// `PREFIX.manifest.json`: what the outputs were made from, what they hold, and what was left out.
///
/// It says nothing of time, threads or places, so that equal input gives equal bytes.
struct Manifest {
  struct Shard {
    var file: String
    var summary: ShardSetWriter.Summary
    var sha256: String?
  }

  var command: String
  var inputs: [InputDigest]
  var packing: Packing
  var result: Preparation.Result
  var shards: [Shard]

  var json: JSONValue {
    var members: [(key: String, value: JSONValue)] = [
      ("schema", .text("sixdof.manifest/1")),
      ("sixdof", .text(Sixdof.configuration.version)),
      ("command", .text(command)),
      ("options", packing.optionsJSON),
      ("annotations", .array(inputs.map(\.json))),
      ("shards", .array(shards.map(json))),
      ("counts", .object(result.tally.inputJSON + result.tally.outputJSON)),
      ("left_out", result.tally.leftOutJSON),
      ("issues", result.tally.issuesJSON),
      (
        "pose",
        .object([
          ("statistics_of", .text("img2pose local poses, translation in units of 0.1 m")),
          ("rotation_rule", .text("procrustes")),
          ("statistics", result.statistics.summary),
        ])
      ),
    ]
    if packing.shardOptions.checksum {
      members.append(("images_sha256", .text(result.checksum.text)))
    }
    return .object(members)
  }

  private func json(_ shard: Shard) -> JSONValue {
    var members: [(key: String, value: JSONValue)] = [
      ("file", .text(shard.file)), ("samples", .integer(shard.summary.samples)),
      ("value_bytes", .integer(shard.summary.bytes)),
    ]
    if let sha256 = shard.sha256 { members.append(("sha256", .text(sha256))) }
    return .object(members)
  }
}
