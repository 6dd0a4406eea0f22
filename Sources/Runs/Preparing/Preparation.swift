internal import Codecs
internal import Datasets
internal import Geometry
internal import Pipeline
internal import Reporting
internal import Schema
internal import Shards

/// The one pipeline behind all commands that look at images one by one: source, workers, sinks.
///
///     source.next() -> batches -> workers: header, pose, encoding -> in input order: issues, records,
///     statistics, shards
struct Preparation {
  var plan: PreparationPlan
  var settings: RunSettings
  /// Whatever is written; each may be missing.
  var issues: OutputFile?
  var records: OutputFile?
  var shards: ShardSetWriter?
  /// The shard of an entry of the source, by their numbers; nil where weight decides.
  var block: ((Int) -> Int)?
  /// Where what was found in images is kept for a run that goes on with this one.
  var found: FoundFaces?
  /// Takes the first issues of each kind where no file takes them.
  var say: ((String) -> Void)?
  var stop: StopFlag

  struct Result {
    var tally = Tally()
    /// How many entries the source gave, images and others.
    var entries = 0
    var statistics = PoseStatistics()
    var checks = CheckDigest()
    /// Angles in radians by which local poses miss their global ones.
    var conversionErrors = ConversionErrors()
    var completed = CompletedLandmarks()
    /// What PerspNet's own loader would do to samples.
    var loaderFaults: [PerspNetFace.LoaderFault: Int] = [:]
    /// Of lines as `sha256sum` prints them, one an image.
    var checksum = UnorderedDigest()
  }

  /// Runs to the end of `source`.
  ///
  /// - Throws: `StrictStop`, `Interruption`, or what a file or the source throws.
  func run(_ source: inout any AnnotationSource) throws -> Result {
    var result = Result()
    // An image in flight holds an open file, a record at most some kilobytes.
    // One to be searched for faces takes so long that it goes alone.
    let batchSize = plan.inference != nil ? 1 : plan.images == nil ? 256 : 8
    var plan = plan
    plan.foundEarlier = found?.earlier
    let shared = plan
    do {
      try OrderedImages(settings: settings, stop: stop, batchSize: batchSize).run(
        &source, makeWorker: { try PreparationWorker(plan: shared) },
        transform: { worker, outcome in try worker.prepare(outcome) },
        sink: {
          try take($0, &result)
          return (result.tally.read, result.tally.rejected)
        })
    } catch {
      // A fault of an image that is still being copied came before what ended the run.
      try shards?.settle()
      throw error
    }
    return result
  }

  private func take(_ image: PreparedImage, _ result: inout Result) throws {
    let entry = result.entries
    result.entries += 1
    if image.isImage { result.tally.read += 1 }
    try found?.add(image.foundLine)
    for issue in image.issues {
      if settings.isStrict { throw StrictStop(issue: issue) }
      let isFirst = result.tally.add(issue)
      if let issues {
        var line = JSONWriter()
        issue.write(to: &line)
        try issues.write(line.bytes)
      } else if isFirst {
        say?("\(issue.severity.rawValue): \(issue)")
      }
    }
    for reason in image.leftOut { result.tally.leftOut[reason, default: 0] += 1 }
    guard image.isUsed else { return }
    result.tally.images += 1
    result.tally.faces += image.faces
    result.tally.facesWithLandmarks += image.facesWithLandmarks
    result.tally.facesWithPose += image.facesWithPose
    if image.keepsCamera { result.tally.imagesWithKeptCamera += 1 }
    result.tally.frames += image.frames
    result.tally.convertedFrames += image.convertedFrames
    result.tally.sights += image.sights
    result.checks.add(image.findings)
    if plan.poolsPoses, result.tally.frames.isMixed {
      throw RunFailure(mixed: result.tally.frames, at: "image \(result.tally.read)")
    }
    if plan.checksum { result.checksum.add(image.checksum) }
    if let records { try records.write(image.line) }
    guard let sample = image.sample, let bytes = sample.ownImageBytes ?? image.image?.count else {
      return
    }
    result.tally.samples += 1
    result.tally.sampleFaces += sample.faceCount
    result.tally.samplePoses += sample.localPoses.count
    result.tally.imageBytes += bytes
    if let fault = sample.loaderFault { result.loaderFaults[fault, default: 0] += 1 }
    result.completed += image.completed
    for error in image.conversionErrors { result.conversionErrors.add(error) }
    for pose in sample.localPoses { result.statistics.add { pose[$0] } }
    try shards?.write(sample, image: image.image, to: block?(entry))
  }
}

/// Angles in radians by which local poses miss their global ones.
struct ConversionErrors: Equatable {
  var sums = ExactSum()
  var largest = 0.0

  var count: Int { sums.count }
  var mean: Double { sums.mean }

  mutating func add(_ error: Double) {
    sums.add(error)
    largest = max(largest, error)
  }

  mutating func merge(_ other: Self) {
    sums.merge(other.sums)
    largest = max(largest, other.largest)
  }
}
