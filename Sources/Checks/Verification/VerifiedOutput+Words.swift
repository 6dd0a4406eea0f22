internal import Schema

extension VerifiedOutput {
  /// Sets the lines on the whole output: what is proved where nothing was found, and what could not be proved.
  mutating func sayWhatIsProved(manifest: OutputManifest?) {
    report.proved = provedLines(manifest)
    report.notProved = notProvedLines(manifest)
  }

  private func provedLines(_ manifest: OutputManifest?) -> [String] {
    var lines: [String] = []
    let ofFiles: [Check] = [.outputFile, .outputManifest]
    let ofSums: [Check] = [.outputCounts, .shardStatistics]
    if report.samples > 0, report.count(where: { !(ofFiles + ofSums).contains($0) }) == 0 {
      lines.append(
        "\(counted(report.samples, "sample")) in \(counted(report.shards, "shard")) (\(megabytes(report.bytes))): "
          + (comparesHashes ? "every byte of each as written; " : "")
          + "keys, forms, numbers and poses right; images whole")
    }
    if let manifest, report.count(where: { $0 == .outputCounts }) == 0 {
      lines.append(
        "counts equal those of the manifest: \(manifest.count("images_used") ?? 0) images, \(counted(report.faces, "face"))"
      )
    }
    if let tolerance = statisticsTolerance, report.count(where: { $0 == .shardStatistics }) == 0 {
      let poses = found.reduce(0) { $0 + ($1.poses?.count ?? 0) }
      let exactness =
        switch tolerance {
        case .none: "to the last bit"
        case .millionthOfDeviation: "to a millionth of the deviation"
        }
      lines.append(
        "mean and deviation equal those of \(counted(poses, "local pose")), \(exactness)")
    }
    if let manifest, report.count(where: ofFiles.contains) == 0 {
      let hashed = manifest.listedFiles.count + (manifest.seal == .whole ? 1 : 0)
      lines.append(
        "\(counted(files, "file")) there, none foreign"
          + (hashed > 0 ? "; \(hashed) of them as written, by their hashes" : "")
          + (comparedSHA256 > 0 ? "; \(counted(comparedSHA256, "LMDB")) by SHA-256" : ""))
    }
    return lines
  }

  private func notProvedLines(_ manifest: OutputManifest?) -> [String] {
    var lines: [String] = []
    guard let manifest else {
      return [
        "that nothing is missing, and that bytes are as written: there is no manifest to hold them against"
      ]
    }
    if manifest.seal != .whole, !manifest.hasHashes {
      lines.append("that the manifest is as written: its version has no hash of itself")
    }
    if !comparesHashes {
      lines.append(
        "that samples are as written, pixels and last digits included: there are no hashes of them")
    }
    if comparedSHA256 < manifest.shards.count {
      lines.append(
        "\(megabytes(max(0, fileBytes - report.bytes))) of LMDB files outside of samples (unused ends of pages, free pages): --checksum stores a SHA-256 of all"
      )
    }
    if statisticsTolerance == nil, manifest.count("sample_faces_with_pose") ?? 0 > 0 {
      lines.append("mean and deviation: the samples' local poses cannot be made again")
    }
    return lines
  }
}
