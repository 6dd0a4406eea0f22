internal import ArgumentParser
internal import Codecs
internal import Datasets
internal import Schema

struct Sample: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Draw records so that all yaws are as evenly there as they can be.",
    discussion: """
      Strata of yaw give equally many records; what a small one cannot give, the others do. An image \
      counts by its largest face with a pose; images without one are left out. The drawn records keep \
      their order.

        sixdof sample biwi.jsonl --count 1000 --output small.jsonl
      """)

  @Argument(help: "The records; '-' is standard input.") var input: String
  @Option(help: "How many records to draw.") var count: Int
  @Option(help: "The width of a stratum in degrees of yaw.") var degrees: Double = 15
  @Option(help: "Another seed draws others.") var seed: UInt64 = 1
  @Option(name: .shortAndLong, help: "The records to write.") var output: String
  @Flag(help: "Stop at the first issue, and write nothing.") var strict = false

  func validate() throws {
    guard count >= 1 else { throw ValidationError("'--count' must be at least 1, not \(count).") }
    guard degrees >= 0.1, degrees <= 180 else {
      throw ValidationError("'--degrees' must be from 0.1 to 180, not \(degrees).")
    }
  }

  func run() throws {
    let prefix = output.withoutSuffix(".jsonl")
    try WholeOutput.make(prefix) { try sample($0, suffix: String(output.dropFirst(prefix.count))) }
  }

  private func sample(
    _ run: borrowing WholeOutput, suffix: String
  ) throws -> WholeOutput.ExitStatus {
    let file = try MappedFile(path: input)
    var status = WholeOutput.ExitStatus()
    var sample = YawSample(width: degrees, seed: seed)
    status.errors = try run.forEach(in: file, strict: strict) { sample.add($1) }
    let (isDrawn, strata) = sample.drawn(count)
    let records = try OutputFile(path: run.workspace.path(suffix))
    var writer = JSONWriter()
    _ = try run.forEach(in: file, saysIssues: false) { index, record in
      if isDrawn[index] { try records.write(record, with: &writer) }
    }
    try records.finish()
    for stratum in strata {
      let range = "\(stratum.lower) to \(stratum.lower + degrees)"
      status.lines.append("yaw       \(range): \(stratum.taken) of \(stratum.available)")
    }
    if sample.withoutPose > 0 {
      status.lines.append("left out  \(Tally.count(sample.withoutPose, "record")) without a pose")
    }
    let taken = strata.reduce(0) { $0 + $1.taken }
    status.lines.append("wrote     \(output): \(Tally.count(taken, "record"))")
    return status
  }
}
