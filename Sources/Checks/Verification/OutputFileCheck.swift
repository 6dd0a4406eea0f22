internal import Codecs
internal import Schema

/// Compares an output's files with its manifest.
struct OutputFileCheck {
  let prefix: String
  let manifest: OutputManifest
  let report: (Check, _ file: String, _ detail: String) throws -> Void

  var folder: String { OutputListing.path(of: prefix) }
  private var name: String { OutputListing.name(of: prefix) }

  func path(_ entry: OutputManifest.Entry) -> String { folder + "/" + entry.file }

  /// The files beside the shards.
  var files: [OutputManifest.Entry] { manifest.files(ofOutput: name) }

  /// Reports files that are missing, or that should not exist.
  ///
  /// - Parameter shards: the files that are shards of this output by their names.
  /// - Returns: the names of the files that exist.
  func names(shards: [String]) throws -> Set<String> {
    var present: Set<String> = []
    for entry in manifest.shards + files {
      guard fileExists(path(entry)) else {
        try report(.outputFile, entry.file, "expected the file that the manifest names, found none")
        continue
      }
      let isFolder = isFolder(path(entry))
      guard isFolder == (entry.files != nil) else {
        try report(
          .outputFile, entry.file,
          isFolder ? "expected a file, found a folder" : "expected a folder, found a file"
        )
        continue
      }
      present.insert(entry.file)
    }
    let named = Set((manifest.shards + files).map(\.file))
    if let other = named.sorted().first(where: { !$0.hasPrefix(name) }) {
      try report(
        .outputManifest, name + OutputSuffix.manifest,
        "expected files of '\(name)', found '\(other)'; it is another output's, or files were renamed"
      )
    }
    let statistics = (OutputSuffix.poseStatistics + [OutputSuffix.hashes]).map { name + $0 }
      .filter { fileExists(folder + "/" + $0) }
    // Parts that were gathered under their own prefix have their own manifests, by which 'parts --verify' goes.
    let strangers = (shards + statistics).filter {
      !named.contains($0)
        && !fileExists("\(folder)/\($0.withoutSuffix(".lmdb"))\(OutputSuffix.part)")
    }
    for other in strangers {
      try report(
        .outputFile, other,
        "expected no file of this name, for the manifest names none, found one; it is another run's"
      )
    }
    return present
  }

  /// Compares sizes and hashes of the files beside the shards.
  func contents(of present: Set<String>) throws {
    for entry in manifest.listedFiles where present.contains(entry.file) {
      let digest =
        try entry.files == nil
        ? FileDigest(file: path(entry), withSHA256: entry.sha256 != nil)
        : FileDigest(folder: path(entry))
      if let files = entry.files, digest.files != files {
        try report(
          .outputFile, entry.file, "expected \(files) files in it, found \(digest.files ?? 0)")
      }
      try compare(entry, digest)
    }
  }

  /// Compares the sizes of the shards.
  func sizes(ofShards present: Set<String>) throws {
    for entry in manifest.shards where present.contains(entry.file) {
      guard let bytes = entry.bytes, let found = fileSize(path(entry)), bytes != found
      else { continue }
      try report(.outputFile, entry.file, "expected \(bytes) bytes, found \(found)")
    }
  }

  private func compare(_ entry: OutputManifest.Entry, _ digest: FileDigest) throws {
    if let bytes = entry.bytes, bytes != digest.bytes {
      try report(.outputFile, entry.file, "expected \(bytes) bytes, found \(digest.bytes)")
      return
    }
    if let hash = entry.hash, hash != digest.hash.text {
      try report(
        .outputFile, entry.file, "expected bytes of hash \(hash), found \(digest.hash.text)")
    } else if let sha256 = entry.sha256, sha256 != digest.sha256 {
      try report(
        .outputFile, entry.file,
        "expected bytes of SHA-256 \(sha256), found \(digest.sha256 ?? "none")")
    }
  }

  /// Compares the logs: they must have as many lines as the manifest counts.
  func logs(_ present: Set<String>) throws {
    let issues = name + OutputSuffix.issues
    if present.contains(issues), case .object(let members)? = manifest.json["issues"] {
      let expected = members.reduce(0) { $0 + ($1.value["count"]?.wholeNumber ?? 0) }
      try compareLines(of: issues, expected, "issues")
    }
    let records = name + OutputSuffix.records
    if present.contains(records), manifest.json["options"]?["records"] == .boolean(true),
      let expected = manifest.count("images_used")
    {
      try compareLines(of: records, expected, "records")
    }
  }

  private func compareLines(of file: String, _ expected: Int, _ what: String) throws {
    let found = try MappedFile(path: folder + "/" + file).withBytes { bytes in
      bytes.reduce(0) { $0 + ($1 == UInt8(ascii: "\n") ? 1 : 0) }
    }
    if found != expected {
      try report(
        .outputCounts, file,
        "lines: expected \(expected), as many \(what) as the manifest counts, found \(found)")
    }
  }
}
