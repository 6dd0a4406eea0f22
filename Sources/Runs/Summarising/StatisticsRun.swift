internal import Codecs
internal import Datasets
internal import FoundationEssentials
internal import Labelling
internal import Pipeline
internal import Reporting
internal import Schema
internal import Shards
internal import Synchronization

/// Mean, deviation and distribution of the records' poses, as files and a picture.
public struct StatisticsRun: Job {
  /// A file of records or an LMDB; '-' is standard input.
  public var input: String
  /// Whose poses are counted.
  public var profile = PoseProfile()
  /// The folder to write to.
  public var output: String
  /// How the run goes about its work.
  public var settings: RunSettings

  /// Statistics of the records' own poses unless another profile is named.
  public init(
    input: String, profile: PoseProfile = PoseProfile(), output: String, settings: RunSettings
  ) {
    (self.input, self.profile) = (input, profile)
    (self.output, self.settings) = (output, settings)
  }

  public func perform(_ context: RunContext) throws -> RunOutcome {
    try summarise(context, try outputs())
  }

  private static let suffixes = OutputSuffix.poseStatistics + [".stats.json", ".stats.svg"]

  private func outputs() throws -> OutputSet {
    guard output != "-" else {
      throw OutputRefusal(
        output, "expected a folder for \(Self.suffixes.count) files, found standard output")
    }
    let name =
      input == "-"
      ? "stdin"
      : PackedFile.plainName(URL(fileURLWithPath: input).lastPathComponent)
        .withoutSuffix(".jsonl").withoutSuffix(".lmdb")
    return try OutputSet(
      base: "\(output.withoutSuffix("/"))/\(name)", files: Self.suffixes, inputs: [input])
  }

  private func summarise(_ context: RunContext, _ outputs: OutputSet) throws -> RunOutcome {
    let source = try RecordFile(path: input, shards: .any)
    var tally = Tally()
    var statistics = PoseStatistics()
    let (conversion, options) = (profile.frames, profile.targets)
    // A layout may keep the local poses themselves, and nothing to fit them anew.
    let stored = source.isShard && !source.holdsRecords ? try ShardReader(path: input) : nil
    let (counters, countsPoses) = (PoseCounters(), stored == nil)
    try RecordPass(settings: settings, stop: context.stop, keepsNative: false).run(
      over: source, makeWorker: { counters.add(PoseCounter(conversion, options)) },
      work: { try $0.count($1, poses: countsPoses) },
      count: { try tally.count($0, isStrict: settings.isStrict) }
    ) { item, counted in
      tally.convertedFrames += counted.convertedFrames
      tally.add(counted.counts)
      if profile.kind == .standard, tally.frames.isMixed {
        throw RunFailure(mixed: tally.frames, at: "\(counted.location)")
      }
      if let stored, case .sample(let index) = item.place {
        try stored.withSample(index) { sample, _ in
          for pose in sample.localPoses { statistics.add { pose[$0] } }
        }
      }
      for reason in counted.leftOut { tally.leftOut[reason, default: 0] += 1 }
    }
    counters.merge(into: &statistics)
    for line in tally.summaryLines(issuesFile: nil) { context.say(line) }
    let frames = conversion?.text(tally.convertedFrames)
    if let frames { context.say("frames    \(frames)") }
    guard statistics.count > 0 else {
      throw nothingCounted(tally)
    }
    try context.begin(outputs)
    try write(statistics, tally, frames, to: outputs)
    try context.stop.check()
    try outputs.publish()
    context.say(
      "wrote     \(outputs.base)\(Self.suffixes.dropLast().joined(separator: ", ")) and \(Self.suffixes[3]): \(counted(statistics.count, "pose"))"
    )
    return settings.outcome(after: tally)
  }

  /// Why no pose was counted, and what would help.
  private func nothingCounted(_ tally: Tally) -> RunFailure {
    let (found, remedy): (String, RunFailure.Remedy?) =
      if tally.facesWithPose == 0 {
        ("none", .labelFirst)
      } else if tally.leftOut[.posesWithoutATranslation] != nil {
        ("poses of angles alone", .placeAngles)
      } else if tally.leftOut[.posesWithoutLandmarks] != nil {
        ("poses of faces without landmarks, which img2pose does not train on", .placeLandmarks)
      } else if tally.leftOut[.posesWithoutACamera] != nil {
        ("poses without a camera", .imagesForCamera)
      } else {
        ("poses that are all left out", nil)
      }
    return RunFailure("\(input): expected faces with a pose, found \(found)", remedy: remedy)
  }

  private func write(
    _ statistics: PoseStatistics, _ tally: Tally, _ frames: String?, to outputs: OutputSet
  ) throws {
    let conversion = frames.map { [(key: "frames", value: JSONValue.text($0))] } ?? []
    let summary = JSONValue.object(
      [
        ("schema", .text("sixdof.stats/1")),
        ("counts", .object(tally.inputJSON)), ("left_out", tally.leftOutJSON),
        ("issues", tally.issuesJSON),
        ("statistics_of", .text("img2pose local poses, translation in units of 0.1 m")),
        ("statistics", statistics.summary),
      ] + conversion)
    let files = [
      NPY.file(statistics.mean), NPY.file(statistics.standardDeviation),
      Array(try summary.prettyText.utf8), Array(PoseHistograms(statistics).svg.utf8),
    ]
    for (suffix, bytes) in zip(Self.suffixes, files) { try outputs.write(bytes, to: suffix) }
  }
}

/// What is counted of one record besides its poses' numbers.
private struct CountedRecord: Sendable {
  let counts: RecordCounts
  let convertedFrames: FrameCounts
  let leftOut: [LeftOut]
  let location: SourceLocation
}

/// Adds up the poses that one worker thread meets. The sums are exact, so the threads' sums are those of all poses.
private final class PoseCounter: @unchecked Sendable {
  // Its thread alone uses it; others look at it when that has ended.
  private let conversion: FrameConversion?
  private let targets: ImageTargets
  fileprivate var statistics = PoseStatistics()

  init(_ conversion: FrameConversion?, _ options: Img2PoseTargets.Options) {
    self.conversion = conversion
    targets = ImageTargets(options)
  }

  /// - Parameter poses: whether the record's own poses are counted, in the frame that was asked for.
  func count(_ record: ImageRecord, poses: Bool) throws -> CountedRecord {
    var record = record
    var convertedFrames = FrameCounts()
    if let conversion { convertedFrames = try conversion.apply(to: &record) }
    if poses {
      for pose in targets.localPoses(of: record) { statistics.add { pose[$0] } }
    }
    return CountedRecord(
      counts: RecordCounts(record), convertedFrames: convertedFrames,
      leftOut: poses ? targets.leftOut : [], location: record.location)
  }
}

/// The counters of all threads.
private final class PoseCounters: Sendable {
  private let counters = Mutex<[PoseCounter]>([])

  func add(_ counter: PoseCounter) -> PoseCounter {
    counters.withLock { $0.append(counter) }
    return counter
  }

  func merge(into statistics: inout PoseStatistics) {
    for counter in counters.withLock({ $0 }) { statistics.merge(counter.statistics) }
  }
}
