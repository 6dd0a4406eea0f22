internal import Codecs
public import Datasets
internal import Schema

/// Draws records so that their yaws are evenly there.
public struct SampleRun: Job {
  /// A file of records; '-' is standard input.
  public var input: String
  /// How many records are drawn.
  public var count: Int
  /// Of yaw.
  public var bins = YawBins(count: 12)
  /// How many records each bin gives.
  public var allocation = YawSample.Allocation.equal
  /// Another seed gives another result.
  public var seed: UInt64 = 1
  /// '-' is standard output.
  public var output: String
  /// How the run goes about its work.
  public var settings: RunSettings

  /// Twelve bins of equal share unless others are named.
  public init(
    input: String, count: Int, bins: YawBins = YawBins(count: 12),
    allocation: YawSample.Allocation = .equal, seed: UInt64 = 1, output: String,
    settings: RunSettings
  ) {
    (self.input, self.count, self.bins) = (input, count, bins)
    (self.allocation, self.seed) = (allocation, seed)
    (self.output, self.settings) = (output, settings)
  }

  public func perform(_ context: RunContext) throws -> RunOutcome {
    try SelectionRun.makeFile(output, from: [input], settings: settings, context) { run, records in
      let file = run.inputs[0]
      var sample = YawSample(count, bins: bins, seed: seed)
      try run.forEach(
        in: file, .annotation, makeWorker: {},
        work: { [seed] in YawSample.Candidate($1, seed: seed) }
      ) { sample.add($1, at: $0.entry) }
      let (places, strata) = sample.drawn(allocation)
      if places.count < count {
        try run.report(
          RecordIssue(
            .tooFewRecords, at: SourceLocation(file: SourceLocation.fileName(of: input)),
            "records: expected \(count) with a yaw in the bins, found \(places.count)"))
      }
      try run.forEachLine(in: file, .init(isRepeated: true, only: places.contains)) {
        try records.write($1)
      }
      let wrote = "wrote     \(output): \(counted(places.count, "record"))"
      return (places.count, report(sample, strata) + [wrote])
    }
  }

  private func report(_ sample: YawSample, _ strata: [YawSample.Stratum]) -> [String] {
    let edges = bins.edges
    // Few sets have heads from behind, for which the outermost bins are.
    var lines = strata.enumerated().compactMap { i, stratum -> String? in
      let isBehind = edges[i] < -90 || edges[i + 1] > 90
      if isBehind, stratum.available == 0 { return nil }
      return
        "yaw       \(edges[i].short) to \(edges[i + 1].short): \(stratum.taken) of \(stratum.available)"
    }
    if sample.withoutPose + sample.outsideBins > 0 {
      lines.append(
        "left out  \(counted(sample.withoutPose, "record")) without a pose, \(sample.outsideBins) outside of the bins"
      )
    }
    return lines
  }
}
