internal import Codecs
internal import Schema
internal import Shards

/// One output while `OutputVerification` works on it.
struct VerifiedOutput {
  let verification: OutputVerification
  var report: VerificationReport
  var found: [ShardPass.Found] = []
  /// The number of files that exist, with the manifest.
  var files = 0
  /// Whether the samples' bytes were compared with hashes.
  var comparesHashes = false
  /// For how many files a SHA-256 was compared.
  var comparedSHA256 = 0
  /// How exactly the files of statistics were compared; nil where they were not.
  var statisticsTolerance: StatisticsTolerance?
  /// The total size of the LMDB files.
  var fileBytes = 0
  let progress: VerificationProgress

  init(name: String, by verification: OutputVerification) {
    self.verification = verification
    report = VerificationReport(name: name, examples: verification.examples)
    progress = VerificationProgress(style: verification.progress)
  }

  mutating func add(_ finding: Finding) throws {
    report.add(finding)
    try verification.onFinding(finding)
  }

  mutating func add(_ check: Check, _ file: String, _ detail: String) throws {
    try add(Finding(check, at: SourceLocation(file: file), detail))
  }

  /// Verifies an LMDB on its own.
  mutating func verify(shard path: String) throws {
    try lookAtSamples([ShardPass.Shard(path: path)], hashes: nil, manifest: nil)
    try compareStatistics(prefix: ShardName(path).prefix, manifest: nil)
    sayWhatIsProved(manifest: nil)
  }

  mutating func verify(prefix: String) throws {
    guard let manifest = try readManifest(prefix) else {
      // Without a manifest, what exists is examined nevertheless.
      let folder = OutputListing.path(of: prefix)
      let shards = verification.shards(ofPrefix: prefix)
      files = shards.count
      try lookAtSamples(
        shards.map { ShardPass.Shard(path: folder + "/" + $0) }, hashes: nil, manifest: nil)
      try compareStatistics(prefix: prefix, manifest: nil)
      return sayWhatIsProved(manifest: nil)
    }
    var findings: [Finding] = []
    let check = OutputFileCheck(prefix: prefix, manifest: manifest) { check, file, detail in
      findings.append(Finding(check, at: SourceLocation(file: file), detail))
    }
    let present = try check.names(shards: verification.shards(ofPrefix: prefix))
    try check.contents(of: present)
    try check.logs(present)
    try check.sizes(ofShards: present)
    for finding in findings { try add(finding) }
    files = present.count + 1
    var samples = 0
    let shards = manifest.shards.map { entry in
      defer { samples += entry.samples ?? 0 }
      return ShardPass.Shard(path: check.path(entry), entry: entry, firstHash: samples)
    }
    let hashes = try readHashes(prefix, present, samples: samples)
    try lookAtSamples(
      shards.filter { present.contains($0.entry?.file ?? "") }, hashes: hashes, manifest: manifest)
    if shards.count == found.count, !shards.isEmpty { try compareCounts(manifest) }
    try compareStatistics(prefix: prefix, manifest: manifest)
    try compareSHA256(manifest, check, present)
    sayWhatIsProved(manifest: manifest)
  }

  /// Reads the manifest; nil where it does not name the shards.
  private mutating func readManifest(_ prefix: String) throws -> OutputManifest? {
    let suffix = OutputManifest.suffix(ofOutput: prefix)
    let file = OutputListing.name(of: prefix) + suffix
    do {
      let manifest = try OutputManifest(path: prefix + suffix)
      for fault in manifest.faults { try add(.outputManifest, file, fault) }
      return manifest.shards.isEmpty && !manifest.isPart ? nil : manifest
    } catch let error as FileError where error.isMissing {
      try add(.outputManifest, file, "expected the output's manifest, found none")
    } catch let error as JSONError {
      try add(.outputManifest, file, "expected JSON, found: \(error)")
    }
    return nil
  }

  private mutating func readHashes(
    _ prefix: String, _ present: Set<String>, samples: Int
  ) throws -> HashRows? {
    let file = OutputListing.name(of: prefix) + OutputSuffix.hashes
    guard present.contains(file) else { return nil }
    do {
      let hashes = try HashRows(path: prefix + OutputSuffix.hashes)
      if hashes.count != samples {
        try add(
          .outputCounts, file, "rows: expected \(samples), one a sample, found \(hashes.count)")
      }
      return hashes
    } catch let error as NPYError {
      try add(.outputFile, file, error.detail)
      return nil
    }
  }
}
