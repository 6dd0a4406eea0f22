internal import Codecs
internal import Pipeline
internal import Schema
internal import Shards

extension VerifiedOutput {
  /// Goes through all samples of the shards that exist.
  mutating func lookAtSamples(
    _ shards: [ShardPass.Shard], hashes: HashRows?, manifest: OutputManifest?
  ) throws {
    fileBytes = shards.reduce(0) { $0 + (fileSize($1.path) ?? 0) }
    let isReadTwice = shards.contains { $0.entry?.sha256 != nil }
    progress.begin(bytes: isReadTwice ? 2 * fileBytes : fileBytes)
    let (makeLocalPoses, progress) = (verification.makeLocalPoses, progress)
    // The pass writes to a copy of the report, so that `self` is free meanwhile.
    var report = report
    let onFinding = verification.onFinding
    defer { self.report = report }
    found = try ShardPass(
      shards: shards, hashes: hashes, agreement: manifest?.agreement ?? .usual,
      makeLocalPoses: { manifest.flatMap(makeLocalPoses) }, jobs: verification.jobs,
      stop: verification.stop,
      report: { finding in
        report.add(finding)
        try onFinding(finding)
      },
      progress: { progress.add(bytes: $0, samples: $1) }
    ).run()
    report.shards = shards.count
    for shard in found {
      report.samples += shard.read
      report.faces += shard.faces
      report.bytes += shard.valueBytes
    }
    comparesHashes = hashes != nil
  }

  /// Compares the manifest's counts with what all shards hold.
  mutating func compareCounts(_ manifest: OutputManifest) throws {
    for (entry, shard) in zip(manifest.shards, found) {
      for (member, expected, found) in [
        ("samples", entry.samples, shard.samples),
        ("value_bytes", entry.valueBytes, shard.valueBytes),
      ] {
        if let expected, expected != found {
          try add(
            .outputCounts, entry.file,
            "\(member): expected \(expected) by the manifest, found \(found)")
        }
      }
      if let expected = manifest.layout, let layout = shard.layout, layout != expected {
        try add(
          .outputCounts, entry.file,
          "layout: expected \(expected.name) by the manifest, found \(layout.name)")
      }
    }
    let poses = found.map(\.poses)
    let used = found.reduce(0) { $0 + $1.read } + imagesLeftOut(manifest)
    var totals: [(member: String, found: Int)] = [
      ("samples", found.reduce(0) { $0 + $1.read }),
      ("sample_faces", found.reduce(0) { $0 + $1.faces }),
      ("image_bytes", found.reduce(0) { $0 + $1.imageBytes }), ("images_used", used),
    ]
    if !poses.contains(where: { $0 == nil }) {
      totals.append(
        ("sample_faces_with_pose", poses.reduce(0) { $0 + ($1?.count ?? 0) }))
    }
    for (member, number) in totals {
      let stored = manifest.json["counts"]?[member]
      if stored == .integer(number) { continue }
      try add(
        .outputCounts, OutputListing.name(of: report.name) + OutputSuffix.manifest,
        "counts: \(member): expected \(number), as the samples have it\(member == "images_used" ? " with what was left out" : ""), found \(stored?.messageText ?? "none")"
      )
    }
  }

  /// The number of images that were read but made into no sample.
  private func imagesLeftOut(_ manifest: OutputManifest) -> Int {
    manifest.leftOut("images-without-a-face") + manifest.leftOut("images-without-a-pose")
  }

  /// Compares the two files of statistics, and those in the manifest, with the samples' local poses.
  mutating func compareStatistics(prefix: String, manifest: OutputManifest?) throws {
    var moments = PoseMoments()
    for shard in found {
      guard let poses = shard.poses else { return }
      moments.merge(poses)
    }
    guard moments.count > 0 else { return }
    let tolerance: StatisticsTolerance = manifest == nil ? .millionthOfDeviation : .none
    let files = PoseStatisticsFiles(prefix: prefix, moments: moments, tolerance: tolerance)
    let findings = try files.findings()
    for finding in findings { try add(finding) }
    if let manifest {
      let file = OutputListing.name(of: prefix) + OutputSuffix.manifest
      for detail in files.faults(in: manifest.json["pose"]?["statistics"]) {
        try add(.shardStatistics, file, detail)
      }
    }
    if files.arePresent { statisticsTolerance = tolerance }
  }

  /// Compares whole files with their SHA-256, where one was stored.
  mutating func compareSHA256(
    _ manifest: OutputManifest, _ check: OutputFileCheck, _ present: Set<String>
  ) throws {
    defer { progress.finish() }
    let entries = manifest.shards.filter { $0.sha256 != nil && present.contains($0.file) }
    var remaining = entries.makeIterator()
    let (stop, progress) = (verification.stop, progress)
    let folder = check.folder
    var digests: [(OutputManifest.Entry, FileDigest)] = []
    try mapInOrder(
      workers: verification.jobs, window: 2 * verification.jobs, makeContext: {},
      source: {
        try stop.check()
        return remaining.next()
      },
      transform: { _, entry in
        let digest = try FileDigest(file: folder + "/" + entry.file, withSHA256: true) {
          try stop.check()
          progress.add(bytes: $0)
        }
        return (entry, digest)
      },
      sink: { digests.append($0) })
    for (entry, digest) in digests where digest.sha256 != entry.sha256 {
      try add(
        .outputFile, entry.file,
        "expected bytes of SHA-256 \(entry.sha256 ?? ""), found \(digest.sha256 ?? "")")
    }
    comparedSHA256 = digests.count
  }
}
