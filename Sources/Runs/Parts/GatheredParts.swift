internal import Checks
internal import Codecs
internal import Labelling
internal import Schema
internal import Shards

/// All parts of a run, each whole, and what they met together. Memory holds some numbers of each part, and nothing of
/// its images.
struct GatheredParts {
  private(set) var total = Preparation.Result()
  /// The parts' LMDBs, in the parts' order.
  private(set) var shards: [Manifest.Shard] = []
  /// The hashes of the files that are joined, by the ends of their names.
  private var hashesOfJoined: [String: [XXH128]] = [:]
  private let survey: PartSurvey
  /// Of the first part; the members that say how it was made are the same in all.
  private var first = JSONValue.object([])

  /// - Throws: `RunFailure` where a part's contents are not what a part writes.
  init(_ survey: PartSurvey, stop: () throws -> Void) throws {
    self.survey = survey
    for index in survey.states.indices {
      try stop()
      do {
        let manifest = try PartFile(prefix: survey.prefix(of: index)).manifest
        if index == 0 { first = manifest.json }
        total.merge(try Preparation.Result(part: manifest.json))
        try noteHashes(index, manifest.listedFiles)
        shards += try manifest.shards.map(Manifest.Shard.init)
      } catch let damaged as PartFile.Damaged {
        throw RunFailure(
          "\(survey.prefix(of: index)): \(damaged.detail); run part \(index) again, then gather")
      }
    }
    guard shards.isEmpty || shards.count == survey.states.count else {
      throw RunFailure("\(survey.prefix): expected parts with one LMDB each, found others")
    }
  }

  private mutating func noteHashes(_ index: Int, _ files: [OutputManifest.Entry]) throws {
    let name = SourceLocation.fileName(of: survey.prefix(of: index))
    for file in files {
      for suffix in [OutputSuffix.issues, OutputSuffix.records] where file.file == name + suffix {
        guard let hash = file.hash.flatMap(XXH128.init(text:)) else {
          throw PartFile.Damaged(detail: "part.json: files: expected a hash, found none")
        }
        hashesOfJoined[suffix, default: []].append(hash)
      }
    }
  }

  var count: Int { survey.states.count }
  var hasShards: Bool { !shards.isEmpty }
  var command: String { first["command"]?.text ?? "" }
  var inputs: [JSONValue] { first["annotations"]?.elements ?? [] }
  private var options: JSONValue? { first["options"] }
  var hasRecords: Bool { options?["records"] == .boolean(true) }
  var hasChecksum: Bool { options?["checksum"] == .boolean(true) }

  var layout: ShardLayout {
    get throws {
      guard let name = options?["layout"]?.text, let layout = ShardLayout.named(name) else {
        throw RunFailure("\(survey.prefix): layout: expected one of ours, found another")
      }
      return layout
    }
  }

  /// Whether the poses of all parts go into one set; what img2pose's converter fits is in one frame.
  var poolsPoses: Bool { options?["profile"]?.text != PoseProfile.Kind.img2pose.rawValue }

  /// What was done to object frames, as a manifest says it.
  var frames: String? {
    options?["frame_of"]?.text.flatMap(HeadPose.Frame.init).flatMap {
      FrameConversion(frame: $0).text(total.tally.convertedFrames)
    }
  }

  /// The options of a run of the whole.
  func options(isOneLMDB: Bool, withRecords: Bool) -> JSONValue {
    guard case .object(let members)? = options else { return .object([]) }
    return .object(
      members.flatMap { member -> [(key: String, value: JSONValue)] in
        switch member.key {
        case "shards":
          let dealing = PackingSettings.Dealing.blocks
          return [("shards", .integer(isOneLMDB ? 1 : count))]
            + (isOneLMDB ? [] : Packing.dealingJSON(dealing))
        case "records": return [("records", .boolean(withRecords))]
        default: return [member]
        }
      })
  }

  // MARK: Files

  /// Joins a file that each part has, as it is, and compares each with its hash.
  func join(_ suffix: String, to file: OutputFile, stop: () throws -> Void) throws {
    for index in survey.states.indices {
      try stop()
      let prefix = survey.prefix(of: index)
      let part = try MappedFile(path: prefix + suffix)
      let hash = part.withBytes { XXH128(of: $0) }
      guard let known = hashesOfJoined[suffix], known.count == count, known[index] == hash else {
        throw altered(index, SourceLocation.fileName(of: prefix) + suffix)
      }
      try part.withBytes { try file.write($0) }
    }
    try file.finish()
  }

  /// Joins the tables of the samples' hashes.
  func joinHashes(to path: String, stop: () throws -> Void) throws {
    let table = try HashTable(lists: 1)
    for (index, shard) in shards.enumerated() {
      try stop()
      for hash in try hashes(index, shard) { try table.append(hash, to: 0) }
    }
    try table.write(to: path)
  }

  private func hashes(_ index: Int, _ shard: Manifest.Shard) throws -> [XXH128] {
    do {
      let rows = try HashRows(path: survey.prefix(of: index) + OutputSuffix.hashes)
      guard rows.count == shard.summary.samples else { throw altered(index, OutputSuffix.hashes) }
      return (0..<rows.count).map { rows[$0] }
    } catch is NPYError {
      throw altered(index, OutputSuffix.hashes)
    }
  }

  /// Copies all samples into one LMDB with its hashes; each is compared with its hash on the way.
  func joinShards(to outputs: OutputSet, stop: () throws -> Void) throws -> Manifest.Shard {
    let path = try outputs.path(".lmdb")
    let writer = try ShardSetWriter(paths: [path], layout: try layout, resume: false)
    let folder = survey.prefix.folderOfPath
    for (index, shard) in shards.enumerated() {
      let hashes = try hashes(index, shard)
      let reader = try ShardReader(path: folder + "/" + shard.file)
      guard reader.count == hashes.count else { throw altered(index, shard.file) }
      for (sample, hash) in hashes.enumerated() {
        try stop()
        try reader.withValue(sample) { value in
          guard try writer.copy(value) == hash else { throw altered(index, shard.file) }
        }
      }
      try reader.checkUnchanged()
    }
    let summary = try writer.finish()
    try writer.writeHashes(to: outputs.path(OutputSuffix.hashes))
    return Manifest.Shard(
      file: SourceLocation.fileName(of: path), summary: summary[0],
      sha256: hasChecksum ? try sha256(ofFile: path) : nil)
  }

  private func altered(_ index: Int, _ file: String) -> RunFailure {
    RunFailure(
      "\(survey.prefix(of: index)): \(file): expected the bytes that the part wrote, found others; run part \(index) again, then gather"
    )
  }
}

extension Manifest.Shard {
  /// - Throws: `PartFile.Damaged` where a number is missing.
  fileprivate init(_ entry: OutputManifest.Entry) throws {
    guard let samples = entry.samples, let valueBytes = entry.valueBytes,
      let entries = entry.entries, let bytes = entry.bytes
    else {
      throw PartFile.Damaged(detail: "part.json: shards: expected numbers, found others")
    }
    self.init(
      file: entry.file,
      summary: ShardSetWriter.Summary(
        samples: samples, bytes: valueBytes, entries: entries, fileBytes: bytes),
      sha256: entry.sha256)
  }
}
