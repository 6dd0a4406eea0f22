internal import Codecs
internal import Datasets
internal import FoundationEssentials
internal import Reporting
internal import Schema
internal import Shards

// What is written beside the shards, by a run of the whole or by one that gathers its parts.
extension Packing {
  /// - Throws: `OutputRefusal` where what is to begin several names is a device, pipe or descriptor.
  static func refuseStream(_ prefix: String) throws {
    guard prefix == "-" || OutputSet.isStream(at: prefix) else { return }
    throw OutputRefusal(
      prefix, "expected the beginning of several files' names, found one to write through")
  }

  /// The suffixes of the files beside the shards, without the manifest's.
  static func suffixes(withStatistics: Bool, withRecords: Bool) -> [String] {
    (withStatistics ? OutputSuffix.poseStatistics : []) + [
      OutputSuffix.hashes, OutputSuffix.issues,
    ]
      + (withRecords ? [OutputSuffix.records] : [])
  }

  /// Mean and deviation, where there are poses.
  static func write(_ statistics: PoseStatistics, to outputs: OutputSet) throws {
    guard statistics.count > 0 else { return }
    try outputs.write(NPY.file(statistics.mean), to: OutputSuffix.poseMean)
    try outputs.write(NPY.file(statistics.standardDeviation), to: OutputSuffix.poseDeviation)
  }

  /// What tells whether files, and a folder after them, are still those of this run.
  static func digests(
    of suffixes: [String], folder lists: String?, in folder: String, _ name: String,
    withSHA256: Bool
  ) throws -> [(name: String, digest: FileDigest)] {
    let files = try suffixes.map { suffix in
      let path = folder + "/" + name + suffix
      return (name + suffix, try FileDigest(file: path, withSHA256: withSHA256))
    }
    guard let lists else { return files }
    return try files + [(name + lists, FileDigest(folder: folder + "/" + name + lists))]
  }

  /// img2pose's JSON files and their list, from the records that are whole by now.
  ///
  /// - Returns: what they cannot hold.
  static func writeLists(in outputs: OutputSet) throws -> ReasonCounts {
    var leftOut = ReasonCounts()
    let folder = try outputs.makeFolder(OutputSuffix.lists)
    var source = try RecordFile(path: outputs.path(OutputSuffix.records))
    var writer = try Img2PoseListWriter(folder: folder, split: nil)
    while let outcome = try source.next() {
      guard let record = outcome.record else { continue }
      for reason in try writer.write(record, image: nil).leftOut { leftOut.add(reason) }
    }
    try writer.finish()
    return leftOut
  }

  /// img2pose cannot train on a file without samples, and its own converter writes NaN statistics.
  static func checkThereIsSomething(_ tally: Tally, _ layout: ShardLayout) throws {
    guard tally.samples == 0 else { return }
    guard tally.images > 0, layout.needsPoses else {
      throw RunFailure(
        "no image could be used; nothing was written\n"
          + tally.summaryLines(issuesFile: nil).joined(separator: "\n"))
    }
    throw RunFailure(
      "no face has a pose and landmarks, and img2pose's layout leaves out images without them; add annotations with landmarks (label.txt)",
      remedy: .wholeRecords)
  }
}
