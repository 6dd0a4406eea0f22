import ArgumentParser
import Foundation

/// Feeds every parser mutated inputs: `Scripts/fuzz` runs it, and makes the seeds.
@main
struct Fuzz: ParsableCommand {
  @Argument(help: "The folder of seeds.") var seeds: String
  @Argument(help: "A folder for the parsers' files and for inputs that were at fault.") var work:
    String
  @Option(help: "How many inputs each parser gets.") var inputs = 1000
  @Option(help: "What the mutations are drawn by.") var seed: UInt64 = 1
  @Option(help: "How many seconds each parser is fed at most.") var seconds: Int?
  @Option(help: "How many parsers are fed at a time.") var jobs = 2
  @Option(help: "Which parsers, separated by commas; all unless it is given.") var only: String?
  @Option(help: "Write this input of the only parser into the work folder, and feed nothing.")
  var write: Int?
  @Option(help: ArgumentHelp("Feed this parser in this process.", visibility: .hidden))
  var worker: String?
  @Option(help: ArgumentHelp("The first input's number.", visibility: .hidden)) var first = 0

  func run() throws {
    if let worker {
      guard let parser = FuzzedParser.all.first(where: { $0.name == worker }) else {
        throw ValidationError("There is no parser '\(worker)'.")
      }
      let place = try Place("\(work)/\(worker)")
      try Worker(parser: parser, seeds: SeedFolder(path: seeds), place: place, seed: seed)
        .run(first..<max(first, inputs), kept: nil)
      return
    }
    let names = only?.split(separator: ",").map(String.init)
    if let unknown = names?.first(where: { name in !FuzzedParser.all.contains { $0.name == name } })
    {
      throw ValidationError("There is no parser '\(unknown)'.")
    }
    let parsers = FuzzedParser.all.filter { names?.contains($0.name) ?? true }
    if let write {
      for parser in parsers {
        let place = try Place("\(work)/\(parser.name)")
        let input = "\(work)/\(parser.name)-\(write)"
        try Worker(parser: parser, seeds: SeedFolder(path: seeds), place: place, seed: seed)
          .run(write..<write + 1, kept: input)
        print(input)
      }
      return
    }
    let campaign = Campaign(
      program: CommandLine.arguments[0], seeds: seeds, work: work, inputs: inputs, seed: seed)
    try campaign.run(parsers, jobs: jobs, seconds: seconds)
    for fault in campaign.faults {
      print("\(fault.parser): input \(fault.index): \(fault.what); kept as \(fault.input)")
    }
    print("\(campaign.faults.count) faults")
    if !campaign.faults.isEmpty { throw ExitCode(1) }
  }
}
